//! Storms: which notification a repeated alert belongs to. What was once decided of an event is kept, so that an event that
//! is delivered again, however late and in whatever order, comes to the same.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata, operation::put_item::PutItemError,
    types::ReturnValuesOnConditionCheckFailure,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_domain::{NotificationId, NotificationType, Timestamp, UserId, event::MAX_AGE_MILLIS};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Directory, Item, key, number, text};
use crate::{
    error::StoreError,
    retry::{Attempts, until_answered},
};

const WINDOW: &str = "window";

const TARGET: &str = "target";

/// Older events are refused. The extra day allows for clocks that differ.
const KEPT_MILLIS: i64 = MAX_AGE_MILLIS + 24 * 60 * 60 * 1000;

/// Which alerts of a user are repetitions of each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurstKey(String);

impl BurstKey {
    /// Those of that type with that key.
    pub fn new(user: &UserId, notification_type: NotificationType, key: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [user.as_str(), notification_type.name(), key] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(URL_SAFE_NO_PAD.encode(hash.finalize()))
    }

    /// Those of them that came after the storm which followed them: one storm for each stretch of that length.
    fn late(&self, at: i64, millis: i64) -> Self {
        Self(format!("{}#{}", self.0, at.div_euclid(millis)))
    }
}

/// When alerts fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstSettings {
    /// How long after the first one, in milliseconds; 0 folds nothing.
    pub window_millis: i64,
    /// How many become notifications of their own before the others fold into the last of them; at least 1.
    pub threshold: u32,
}

/// A row of a storm: when its window began, and the notification that the next alert folds into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    began: i64,
    /// How many notifications it has.
    items: u32,
    notification: NotificationId,
    /// Seconds, for the table's TTL.
    expires_at: i64,
}

impl Window {
    fn of(began: i64, items: u32, notification: NotificationId) -> Self {
        let expires_at = Timestamp::from_millis(began).plus_millis(KEPT_MILLIS).as_seconds();
        Self { began, items, notification, expires_at }
    }
}

impl Directory {
    /// The notification that the event with the name `own` belongs to, which happened `at` that time: the one of its own
    /// name, or an earlier one of the same storm.
    pub async fn burst_target(
        &self,
        storm: &BurstSettings,
        burst_key: &BurstKey,
        own: NotificationId,
        at: Timestamp,
    ) -> Result<NotificationId, StoreError> {
        if let Some(settled) = self.settled(own).await? {
            return Ok(settled);
        }
        let target = self.choose(storm, burst_key, own, at.as_millis()).await?;
        self.settle(own, target, at).await
    }

    /// The same, after its target turned out to be `closed`: its owner has put it away, so what follows is a new one, by the
    /// name `fresh` where nobody else has opened one.
    pub async fn burst_target_after(
        &self,
        closed: NotificationId,
        burst_key: &BurstKey,
        own: NotificationId,
        fresh: NotificationId,
        at: Timestamp,
    ) -> Result<NotificationId, StoreError> {
        let before = self.window(burst_key).await?;
        let began = before.as_ref().map_or(i64::MIN, |window| window.began).max(at.as_millis());
        let opened = Window::of(began, 1, fresh);
        let target = match before {
            Some(window) if window.notification != closed => window.notification,
            before => {
                self.put_window(burst_key, before.as_ref(), &opened).await?;
                self.window(burst_key).await?.map_or(fresh, |window| window.notification)
            }
        };
        let moved = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(settlement(own, target, at)))
            .condition_expression("attribute_not_exists(entity) OR notification = :closed")
            .expression_attribute_values(":closed", text(closed));
        let attempt = async || match moved.clone().send().await {
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            answer => answer.map(drop),
        };
        until_answered(attempt).await?;
        Ok(self.settled(own).await?.unwrap_or(target))
    }

    async fn choose(
        &self,
        storm: &BurstSettings,
        burst_key: &BurstKey,
        own: NotificationId,
        at: i64,
    ) -> Result<NotificationId, StoreError> {
        if storm.window_millis == 0 {
            return Ok(own);
        }
        let mut attempts = Attempts::default();
        loop {
            let before = self.window(burst_key).await?;
            let next = match &before {
                Some(window) if window.notification == own => return Ok(own),
                Some(window) if (at - window.began).abs() < storm.window_millis => {
                    if window.items >= storm.threshold {
                        return Ok(window.notification);
                    }
                    Window::of(window.began, window.items + 1, own)
                }
                Some(window) if at < window.began => {
                    let late = burst_key.late(at, storm.window_millis);
                    return Box::pin(self.choose(storm, &late, own, at)).await;
                }
                _ => Window::of(at, 1, own),
            };
            if self.put_window(burst_key, before.as_ref(), &next).await? {
                return Ok(own);
            }
            attempts.after_conflict()?;
        }
    }

    async fn window(&self, burst_key: &BurstKey) -> Result<Option<Window>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        let found = get.set_key(Some(window_key(burst_key))).send().await?.item;
        Ok(found.map(serde_dynamo::from_item).transpose()?)
    }

    /// False where somebody else was faster.
    async fn put_window(
        &self,
        burst_key: &BurstKey,
        before: Option<&Window>,
        window: &Window,
    ) -> Result<bool, StoreError> {
        let mut item: Item = serde_dynamo::to_item(window)?;
        item.extend(window_key(burst_key));
        let put = self.writes.put_item().table_name(&self.table).set_item(Some(item));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(entity)"),
            Some(before) => put
                .condition_expression("notification = :notification AND began = :began")
                .expression_attribute_values(":notification", text(before.notification))
                .expression_attribute_values(":began", number(before.began)),
        };
        let attempt = async || match put.clone().send().await {
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            answer => answer.map(|_| true),
        };
        until_answered(attempt).await
    }

    async fn settled(&self, own: NotificationId) -> Result<Option<NotificationId>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        let found = get.set_key(Some(settlement_key(own))).send().await?.item;
        found.as_ref().map(target).transpose()
    }

    /// Of several that settle the same event one is the first, and all are attributes its target.
    async fn settle(
        &self,
        own: NotificationId,
        chosen: NotificationId,
        at: Timestamp,
    ) -> Result<NotificationId, StoreError> {
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(settlement(own, chosen, at)))
            .condition_expression("attribute_not_exists(entity)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let attempt = async || match put.clone().send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
                _ => Err(error),
            },
        };
        until_answered(attempt).await?.as_ref().map_or(Ok(chosen), target)
    }
}

fn target(row: &Item) -> Result<NotificationId, StoreError> {
    let id = row.get("notification").and_then(|id| id.as_s().ok()).and_then(|id| id.parse().ok());
    id.ok_or_else(|| StoreError::Unreadable("an event's target".to_owned()))
}

fn settlement(own: NotificationId, target: NotificationId, at: Timestamp) -> Item {
    let attributes = HashMap::from([
        ("notification".to_owned(), text(target)),
        ("expires_at".to_owned(), number(at.plus_millis(KEPT_MILLIS).as_seconds())),
    ]);
    settlement_key(own).into_iter().chain(attributes).collect()
}

fn settlement_key(own: NotificationId) -> Item {
    key(format_args!("event#{own}"), TARGET)
}

fn window_key(BurstKey(digest): &BurstKey) -> Item {
    key(format_args!("storm#{digest}"), WINDOW)
}
