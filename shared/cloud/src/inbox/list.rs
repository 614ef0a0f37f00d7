//! The lists of an inbox, and single notifications.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::KeysAndAttributes};
use belfry_domain::{
    ChangeId, Notification, NotificationId, State, Status, UserId, Watermarks, edit::Revision,
};
use uuid::Uuid;

use super::{
    BY_STATE, Entry, Inbox, Listing, Page, Selection, notification_key,
    page::{RawItem, Row, range},
    text,
    unread::StateKey,
    user_key,
};
use crate::{clock, error::StoreError, retry::Attempts};

impl Inbox {
    /// What the selection finds, newest first. `marks` are needed only where it depends on what is read.
    pub(super) async fn list(
        &self,
        user: &UserId,
        selection: &Selection,
        marks: &Watermarks,
    ) -> Result<Page<Notification>, StoreError> {
        match selection.listing {
            Listing::All => self.list_by_creation(user, selection, None).await,
            Listing::Read => self.list_by_creation(user, selection, Some(marks)).await,
            Listing::Unread => self.list_by_change(user, selection, Status::Unread, marks).await,
            Listing::Archived => self.list_by_change(user, selection, Status::Archived, marks).await,
            Listing::Snoozed => self.list_by_change(user, selection, Status::Snoozed, marks).await,
        }
    }

    /// One notification and the marks it is seen by, after waking it where it is due; `None` where it is deleted, expired or
    /// somebody else's.
    pub async fn show(
        &self,
        user: &UserId,
        id: NotificationId,
    ) -> Result<Option<(Notification, Watermarks)>, StoreError> {
        self.revise(user, id, |_, _| Ok(Revision { content: None, action: None })).await
    }

    /// One notification, unless it is deleted, expired or somebody else's.
    pub async fn get(&self, user: &UserId, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        self.item(user, notification_key(id)).await?.map_or(Ok(None), present)
    }

    /// From the table. Of what is unread, only what these marks count as read, where marks are given.
    async fn list_by_creation(
        &self,
        user: &UserId,
        selection: &Selection,
        read_by: Option<&Watermarks>,
    ) -> Result<Page<Notification>, StoreError> {
        let (low, high) = range(selection.cursor, ChangeId::MIN);
        let key = |position| notification_key(Uuid::from(position).into());
        let unread = match read_by {
            None => "begins_with(#state, :u)",
            Some(_) => "(begins_with(#state, :u) AND changed <= :mark)",
        };
        let query = self
            .reads
            .query()
            .key_condition_expression("#user = :user AND #item BETWEEN :low AND :high")
            .filter_expression(format!("expires_at > :now AND ({unread} OR begins_with(#state, :r))"))
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":user", user_key(user))
            .expression_attribute_values(":low", key(low))
            .expression_attribute_values(":high", key(high))
            .expression_attribute_values(":u", text("u#"))
            .expression_attribute_values(":r", text("r#"));
        let query = match read_by {
            None => query,
            Some(marks) => {
                query.expression_attribute_values(":mark", text(marks.read.unwrap_or(ChangeId::MIN)))
            }
        };
        self.page(query, selection, notification_row).await
    }

    /// From the index, then from the table, one by one.
    async fn list_by_change(
        &self,
        user: &UserId,
        selection: &Selection,
        status: Status,
        marks: &Watermarks,
    ) -> Result<Page<Notification>, StoreError> {
        let query = self.changed_between(user, selection, status, marks);
        let keys = self.page(query, selection, state_row).await?;
        let mut found = self.get_many(user, &keys.items).await?;
        let still = |notification: &Notification| {
            notification.state.status == status
                && (status != Status::Unread || !marks.is_read(notification.state))
        };
        let items = keys.items.iter().filter_map(|id| found.remove(id)).filter(still).collect();
        Ok(Page { items, next: keys.next, previous: keys.previous })
    }

    fn changed_between(
        &self,
        user: &UserId,
        selection: &Selection,
        status: Status,
        marks: &Watermarks,
    ) -> QueryFluentBuilder {
        let floor = marks.read.filter(|_| status == Status::Unread);
        let (low, high) = range(selection.cursor, floor.map_or(ChangeId::MIN, ChangeId::successor));
        let state = |changed| text(State { status, changed });
        self.reads
            .query()
            .index_name(BY_STATE)
            .key_condition_expression("#user = :user AND #state BETWEEN :low AND :high")
            .filter_expression("expires_at > :now")
            .projection_expression("#item, #state")
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":user", user_key(user))
            .expression_attribute_values(":low", state(low))
            .expression_attribute_values(":high", state(high))
    }

    /// The notifications of these ids (at most 100) that are there.
    pub(super) async fn get_many(
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

fn state_row(item: RawItem) -> Result<Option<Row<NotificationId>>, StoreError> {
    let key: StateKey = serde_dynamo::from_item(item)?;
    Ok(Some((key.state()?.changed.into(), key.id()?)))
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
