//! Counting what is unread, over the sparse key range of the index. There is no counter that could drift.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::Select};
use belfry_domain::{ChangeId, Letter, NotificationId, State, UserId, Watermarks, frame::COUNT_CAP};
use serde::Deserialize;

use super::{BY_STATE, Inbox, item::notification_id, number, text, user_key};
use crate::{clock, error::StoreError};

/// The changes of the newest items with the letter `u`, newest first: enough to count to [`COUNT_CAP`] once the
/// watermark is known, so that both can be read at the same time.
#[derive(Clone, Debug, Default)]
pub struct NewestUnread(Vec<ChangeId>);

impl NewestUnread {
    /// How many of them are unread, at most [`COUNT_CAP`].
    pub fn count(&self, marks: &Watermarks) -> usize {
        let above = |changed: &&ChangeId| marks.read.is_none_or(|mark| **changed > mark);
        self.0.iter().take_while(above).take(COUNT_CAP).count()
    }
}

#[derive(Deserialize)]
struct Changed {
    changed: ChangeId,
}

/// An item of the index, as "mark all read" needs it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct UnreadKey {
    item: String,
    pub(super) changed: ChangeId,
}

impl UnreadKey {
    pub(super) fn id(&self) -> Result<NotificationId, StoreError> {
        notification_id(&self.item)
    }
}

impl Inbox {
    /// The newest of what may be unread; one query.
    pub async fn newest_unread(&self, user: &UserId) -> Result<NewestUnread, StoreError> {
        let page = self
            .unread_above(user, None)
            .scan_index_forward(false)
            .limit(i32::try_from(COUNT_CAP).unwrap_or(i32::MAX))
            .projection_expression("changed")
            .send()
            .await?;
        let changes: Vec<Changed> = serde_dynamo::from_items(page.items.unwrap_or_default())?;
        Ok(NewestUnread(changes.into_iter().map(|item| item.changed).collect()))
    }

    /// How many items are unread above `mark`, exactly: one query for each megabyte of index.
    pub async fn count_unread(&self, user: &UserId, mark: Option<ChangeId>) -> Result<usize, StoreError> {
        let mut pages = self.unread_above(user, mark).select(Select::Count).into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += usize::try_from(page?.count).unwrap_or(0);
        }
        Ok(count)
    }

    /// The keys of all unread items above `mark`, oldest first.
    pub(super) async fn unread_keys(
        &self,
        user: &UserId,
        mark: Option<ChangeId>,
    ) -> Result<Vec<UnreadKey>, StoreError> {
        let mut pages = self
            .unread_above(user, mark)
            .projection_expression("#item, changed")
            .expression_attribute_names("#item", "item")
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            keys.extend(serde_dynamo::from_items::<_, UnreadKey>(page?.items.unwrap_or_default())?);
        }
        Ok(keys)
    }

    fn unread_above(&self, user: &UserId, mark: Option<ChangeId>) -> QueryFluentBuilder {
        let low = mark.map_or(ChangeId::MIN, ChangeId::successor);
        self.reads
            .query()
            .table_name(&self.table)
            .index_name(BY_STATE)
            .consistent_read(true)
            .key_condition_expression("#user = :user AND #state BETWEEN :low AND :high")
            .filter_expression("expires_at > :now")
            .expression_attribute_names("#user", "user")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":user", user_key(user))
            .expression_attribute_values(":low", text(unread(low)))
            .expression_attribute_values(":high", text(unread(ChangeId::MAX)))
            .expression_attribute_values(":now", number(clock::now().as_seconds()))
    }
}

fn unread(changed: ChangeId) -> State {
    State { letter: Letter::Unread, changed }
}
