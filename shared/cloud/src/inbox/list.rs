//! The lists of an inbox, and single notifications.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::KeysAndAttributes};
use belfry_domain::{ChangeId, Cursor, Letter, Notification, NotificationId, State, UserId, Watermarks};
use uuid::Uuid;

use super::{
    BY_STATE, Entry, Inbox, Page, notification_key,
    page::{RawItem, Row, range},
    text,
    unread::UnreadKey,
    user_key,
};
use crate::{clock, error::StoreError, retry::Attempts};

/// Which list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// What is in the inbox, by creation.
    All,
    /// What is unread, by when it became so.
    Unread,
}

impl Listing {
    /// The name under which cursors belong to it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unread => "unread",
        }
    }
}

impl Inbox {
    /// What is in the inbox, newest first, `limit` (1–100) a page.
    pub async fn list(
        &self,
        user: &UserId,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Notification>, StoreError> {
        let (low, high) = range(cursor, ChangeId::MIN);
        let key = |position| notification_key(Uuid::from(position).into());
        let query = self
            .reads
            .query()
            .key_condition_expression("#user = :user AND #item BETWEEN :low AND :high")
            .filter_expression("expires_at > :now AND (begins_with(#state, :u) OR begins_with(#state, :r))")
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":user", user_key(user))
            .expression_attribute_values(":low", key(low))
            .expression_attribute_values(":high", key(high))
            .expression_attribute_values(":u", text("u#"))
            .expression_attribute_values(":r", text("r#"));
        self.page(query, cursor, limit, notification_row).await
    }

    /// What is unread above the user's watermark, by when it became so, latest first, `limit` (1–100) a page.
    pub async fn list_unread(
        &self,
        user: &UserId,
        marks: &Watermarks,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Notification>, StoreError> {
        let query = self.unread_between(user, marks, cursor);
        let keys = self.page(query, cursor, limit, unread_row).await?;
        let mut found = self.get_many(user, &keys.items).await?;
        let unread = |notification: &Notification| !marks.is_read(notification.state);
        let items = keys.items.iter().filter_map(|id| found.remove(id)).filter(unread).collect();
        Ok(Page { items, next: keys.next, previous: keys.previous })
    }

    /// One notification, unless it is deleted, expired or somebody else's.
    pub async fn get(&self, user: &UserId, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        self.item(user, notification_key(id)).await?.map_or(Ok(None), present)
    }

    fn unread_between(
        &self,
        user: &UserId,
        marks: &Watermarks,
        cursor: Option<Cursor>,
    ) -> QueryFluentBuilder {
        let floor = marks.read.map_or(ChangeId::MIN, ChangeId::successor);
        let (low, high) = range(cursor, floor);
        let unread = |changed| text(State { letter: Letter::Unread, changed });
        self.reads
            .query()
            .index_name(BY_STATE)
            .key_condition_expression("#user = :user AND #state BETWEEN :low AND :high")
            .filter_expression("expires_at > :now")
            .projection_expression("#item, changed")
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":user", user_key(user))
            .expression_attribute_values(":low", unread(low))
            .expression_attribute_values(":high", unread(high))
    }

    /// The notifications of these ids (at most 100) that are there.
    async fn get_many(
        &self,
        user: &UserId,
        ids: &[NotificationId],
    ) -> Result<HashMap<NotificationId, Notification>, StoreError> {
        let key = |id: &NotificationId| {
            HashMap::from([("user".to_owned(), user_key(user)), ("item".to_owned(), notification_key(*id))])
        };
        let mut found = HashMap::new();
        let mut attempts = Attempts::default();
        let mut keys: Vec<_> = ids.iter().map(key).collect();
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| StoreError::Refused(error.to_string()))?;
            let answer = self.reads.batch_get_item().request_items(&self.table, wanted).send().await?;
            for item in answer.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                found.extend(present(item)?.map(|notification| (notification.id, notification)));
            }
            keys = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, rest)| rest.keys).collect();
            if !keys.is_empty() {
                attempts.after(StoreError::Unavailable("unprocessed keys".to_owned())).await?;
            }
        }
        Ok(found)
    }
}

fn notification_row(item: RawItem) -> Result<Option<Row<Notification>>, StoreError> {
    Ok(present(item)?.map(|notification| (notification.id.into(), notification)))
}

fn unread_row(item: RawItem) -> Result<Option<Row<NotificationId>>, StoreError> {
    let key: UnreadKey = serde_dynamo::from_item(item)?;
    Ok(Some((key.changed.into(), key.id()?)))
}

/// The notification in an item, unless it is a tombstone or past its time.
fn present(item: RawItem) -> Result<Option<Notification>, StoreError> {
    match Entry::parse(item.into())? {
        Entry::Notification(notification) if notification.expires_at > clock::now() => {
            Ok(Some(*notification))
        }
        Entry::Notification(_) | Entry::Tombstone { .. } | Entry::Watermarks(..) => Ok(None),
    }
}
