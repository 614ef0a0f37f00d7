//! An inbox on a fresh embedded DynamoDB, with a wire between them and a second way in beside it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_cloud::{Aws, Inbox, StoreError, inbox::Entry};
use belfry_domain::{Action, Notification, NotificationId, Retention, State, UserId};
use belfry_dynamo::{Call, Embedded, Wire, names};
use serde_json::Value;

use super::reluctant::Reluctant;

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// How long the store of the tests keeps notifications.
pub(crate) const RETENTION_DAYS: u16 = 30;
pub(crate) const READ_RETENTION_DAYS: u16 = 10;

pub(crate) struct Store {
    pub(crate) inbox: Inbox,
    /// What the inbox speaks over.
    pub(crate) wire: Wire,
    /// The same connection, for what is not the inbox.
    pub(crate) aws: Aws,
    /// Past the wire.
    pub(crate) raw: Client,
    _database: Embedded,
}

impl Store {
    pub(crate) async fn new() -> Self {
        let database = Embedded::memory().await.unwrap();
        let endpoint = database.endpoint();
        Self::over(database, endpoint).await
    }

    /// One whose database leaves a part of a batch undone when it is told to.
    pub(crate) async fn reluctant() -> (Self, Reluctant) {
        let database = Embedded::memory().await.unwrap();
        let reluctant = Reluctant::before(database.endpoint()).await;
        (Self::over(database, reluctant.endpoint.clone()).await, reluctant)
    }

    async fn over(database: Embedded, endpoint: String) -> Self {
        let wire = Wire::to(endpoint).await.unwrap();
        let aws = Aws::new(wire.sdk_config().await);
        Self::speaking(aws, wire, database).await
    }

    /// One without a wire before it, for those who break nothing and ask much.
    pub(crate) async fn direct() -> Self {
        let database = Embedded::memory().await.unwrap();
        let wire = Wire::to(database.endpoint()).await.unwrap();
        let aws = Aws::new(database.sdk_config().await);
        Self::speaking(aws, wire, database).await
    }

    async fn speaking(aws: Aws, wire: Wire, database: Embedded) -> Self {
        let retention = Retention::days(RETENTION_DAYS, READ_RETENTION_DAYS);
        Self {
            inbox: Inbox::new(&aws, names::INBOX, retention),
            wire,
            aws,
            raw: Client::new(&database.sdk_config().await),
            _database: database,
        }
    }

    /// Writes an item whatever is there.
    pub(crate) async fn insert(&self, item: Item) {
        self.raw.put_item().table_name(names::INBOX).set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn insert_all(&self, items: impl IntoIterator<Item = Item>) {
        for item in items {
            self.insert(item).await;
        }
    }

    /// The item as it is, past every rule.
    pub(crate) async fn item(&self, user: &UserId, sort: &str) -> Option<Item> {
        let get = self.raw.get_item().table_name(names::INBOX).consistent_read(true);
        let get = get.key("user", AttributeValue::S(user.to_string()));
        get.key("item", AttributeValue::S(sort.to_owned())).send().await.unwrap().item
    }

    pub(crate) async fn notification_item(&self, user: &UserId, id: NotificationId) -> Item {
        self.item(user, &format!("n#{id}")).await.unwrap()
    }

    pub(crate) async fn state(&self, user: &UserId, id: NotificationId) -> State {
        match Entry::parse(self.notification_item(user, id).await.into()).unwrap() {
            Entry::Notification(notification) => notification.state,
            Entry::Tombstone { state, .. } => state,
            Entry::Watermarks(..) => unreachable!("the key is a notification's"),
        }
    }

    /// Does the action and returns what stands then, without the marks.
    pub(crate) async fn act(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
    ) -> Result<Option<Notification>, StoreError> {
        Ok(self.inbox.act(user, id, action).await?.map(|(notification, _)| notification))
    }

    /// How many items the table holds.
    pub(crate) async fn size(&self) -> i32 {
        self.raw.scan().table_name(names::INBOX).consistent_read(true).send().await.unwrap().count
    }

    /// The calls that `future` made, and what it came to.
    pub(crate) fn calls_of<T>(
        &self,
        future: impl Future<Output = T>,
    ) -> impl Future<Output = (Vec<Call>, T)> {
        // Off the stack, where such futures are large.
        let future = Box::pin(future);
        async move {
            self.wire.take_calls();
            let made = future.await;
            (self.wire.take_calls(), made)
        }
    }
}

/// The operations' names in their order.
pub(crate) fn operations(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.operation.as_str()).collect()
}

/// What the calls of that operation said at `pointer`.
pub(crate) fn said(calls: &[Call], operation: &str, pointer: &str) -> Vec<String> {
    let of_operation = calls.iter().filter(|call| call.operation == operation);
    let text = |call: &Call| -> Option<String> {
        let request: Value = serde_json::from_str(&call.request).ok()?;
        request.pointer(pointer)?.as_str().map(str::to_owned)
    };
    of_operation.filter_map(text).collect()
}

/// Whether all calls read strongly consistently.
pub(crate) fn strong(calls: &[Call]) -> bool {
    calls.iter().all(|call| call.request.contains(r#""ConsistentRead":true"#))
}

/// The attribute names of an item, sorted.
pub(crate) fn attributes(item: &Item) -> Vec<&str> {
    let mut names: Vec<_> = item.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
