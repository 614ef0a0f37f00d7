//! Counting what is unread, over the sparse key range of the index. There is no counter that could drift.

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::Select};
use belfry_domain::{ChangeId, NotificationId, State, Status, UserId, Watermarks, frame::COUNT_CAP};
use serde::Deserialize;

use super::{BY_STATE, Inbox, item::notification_id, number, text, user_key};
use crate::{clock, error::StoreError};

/// The changes of the newest items with the status `u`, newest first: enough to count to [`COUNT_CAP`] once the
/// watermark is known, so that both can be read at the same time.
#[derive(Clone, Debug, Default)]
pub struct NewestUnread(Vec<ChangeId>);

impl NewestUnread {
    /// How many of them are unread, at most [`COUNT_CAP`].
    pub fn count(&self, marks: &Watermarks) -> usize {
        self.above(marks.read)
    }

    /// How many of those weren't seen, at most [`COUNT_CAP`].
    pub fn unseen(&self, marks: &Watermarks) -> usize {
        self.above(marks.unseen_floor())
    }

    fn above(&self, floor: Option<ChangeId>) -> usize {
        let above = |changed: &&ChangeId| floor.is_none_or(|floor| **changed > floor);
        self.0.iter().take_while(above).take(COUNT_CAP).count()
    }
}

/// What an inbox counts, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// What is unread.
    pub unread: usize,
    /// What of it came after the list was last seen.
    pub unseen: usize,
}

/// An item of the index, as those need it who only ask where it stands.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct StateKey {
    item: String,
    state: String,
}

impl StateKey {
    pub(super) fn id(&self) -> Result<NotificationId, StoreError> {
        notification_id(&self.item)
    }

    pub(super) fn state(&self) -> Result<State, StoreError> {
        self.state.parse().map_err(|error| StoreError::unreadable(&error))
    }
}

impl Inbox {
    /// The newest of what may be unread; one query, unless what is expired stands before them.
    pub async fn newest_unread(&self, user: &UserId) -> Result<NewestUnread, StoreError> {
        self.newest_of_unread(user, COUNT_CAP).await.map(NewestUnread)
    }

    /// The changes of the newest items with the status `u`, newest first.
    pub(super) async fn newest_of_unread(
        &self,
        user: &UserId,
        limit: usize,
    ) -> Result<Vec<ChangeId>, StoreError> {
        let newest = self
            .by_letter(user, Status::Unread, None)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .projection_expression("#item, #state")
            .expression_attribute_names("#item", "item");
        let mut pages = newest.into_paginator().send();
        let mut changes = Vec::new();
        // What is expired takes a place below the limit of a query, too.
        while changes.len() < limit
            && let Some(page) = pages.next().await
        {
            for key in serde_dynamo::from_items::<_, StateKey>(page?.items.unwrap_or_default())? {
                changes.push(key.state()?.changed);
            }
        }
        changes.truncate(limit);
        Ok(changes)
    }

    /// How many items are unread and unseen, after waking what is due: one query for each megabyte of index, and another
    /// where what was seen goes beyond what was read.
    pub async fn counts(&self, user: &UserId) -> Result<Counts, StoreError> {
        let marks = self.watermarks(user).await?;
        self.wake_due(user, &marks).await?;
        let unread = self.count_unread(user, marks.read).await?;
        let unseen = match marks.unseen_floor() {
            floor if floor > marks.read => self.count_unread(user, floor).await?,
            _ => unread,
        };
        Ok(Counts { unread, unseen })
    }

    /// How many items are unread above `mark`, exactly.
    pub(super) async fn count_unread(
        &self,
        user: &UserId,
        mark: Option<ChangeId>,
    ) -> Result<usize, StoreError> {
        let query = self.by_letter(user, Status::Unread, mark).select(Select::Count);
        let mut pages = query.into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += usize::try_from(page?.count).unwrap_or(0);
        }
        Ok(count)
    }

    /// Where everything stands that a query of the index finds, oldest first.
    pub(super) async fn states(
        &self,
        query: QueryFluentBuilder,
    ) -> Result<Vec<(NotificationId, State)>, StoreError> {
        let query = query.projection_expression("#item, #state").expression_attribute_names("#item", "item");
        let mut pages = query.into_paginator().send();
        let mut states = Vec::new();
        while let Some(page) = pages.next().await {
            for key in serde_dynamo::from_items::<_, StateKey>(page?.items.unwrap_or_default())? {
                states.push((key.id()?, key.state()?));
            }
        }
        Ok(states)
    }

    /// What of the status is in the index above `mark` and not expired.
    pub(super) fn by_letter(
        &self,
        user: &UserId,
        status: Status,
        mark: Option<ChangeId>,
    ) -> QueryFluentBuilder {
        let state = |changed| text(State { status, changed });
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
            .expression_attribute_values(":low", state(mark.map_or(ChangeId::MIN, ChangeId::successor)))
            .expression_attribute_values(":high", state(ChangeId::MAX))
            .expression_attribute_values(":now", number(clock::now().as_seconds()))
    }
}
