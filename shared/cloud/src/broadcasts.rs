//! Broadcasts: one content for an audience, delivered page by page.
//!
//! A page of recipients is stored, then claimed by one conditional write, and only then delivered. The id of each
//! recipient's notification derives from the broadcast and the recipient. So a worker may be killed at any point, and
//! two workers may work on the same broadcast: work that is repeated changes nothing, and an edit or a recall finds
//! every recipient again.

mod change;
mod create;
mod list;
mod pages;
mod progress;
mod retry;
mod rows;

pub use list::BroadcastPage;
pub use pages::{Claimed, PageOfUsers};
pub use progress::{Progress, Stage};

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use belfry_domain::{Audience, Content, NotificationId, Retention, UserId};

use serde::{Deserialize, Serialize};

use crate::{
    Directory, Queue, StoreError, clock,
    directory::{Item, key, number},
    retry::until_answered,
};

/// A broadcast: its audience, its content and its progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Broadcast {
    /// Its name; each recipient's notification is [`NotificationId::derive_for_broadcast_user`] of it.
    pub id: NotificationId,
    /// Who asked for it.
    pub sender: UserId,
    /// The audience. If users were listed, only their number is known here.
    pub audience: Addressees,
    /// What it says now.
    pub content: Content,
    /// Which version of the content that is: 0 at first, one more with each edit.
    pub revision: u32,
    /// How far it is.
    pub progress: Progress,
}

/// The audience of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressees {
    /// So many users, named one by one.
    Named(usize),
    /// Everybody of a kind.
    Kind(Audience),
}

/// The message by which work on a broadcast is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Which one.
    pub broadcast: NotificationId,
    /// How many attempts in a row have failed without reaching any recipient.
    #[serde(default, skip_serializing_if = "is_first")]
    pub failed_attempts: u16,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_first(failed_attempts: &u16) -> bool {
    *failed_attempts == 0
}

/// The broadcasts of the table `directory`.
#[derive(Clone, Debug)]
pub struct Broadcasts {
    directory: Directory,
    retention: Retention,
    queue: Queue,
}

impl Broadcasts {
    /// Broadcasts in that directory, kept as long as their notifications; that queue invokes the workers.
    pub const fn new(directory: Directory, retention: Retention, queue: Queue) -> Self {
        Self { directory, retention, queue }
    }

    /// Asks a worker to continue this broadcast.
    pub async fn ask(&self, id: NotificationId) -> Result<(), StoreError> {
        self.ask_later(Task { broadcast: id, failed_attempts: 0 }, 0).await
    }

    /// The same after that many seconds, at most 900.
    pub async fn ask_later(&self, task: Task, seconds: u16) -> Result<(), StoreError> {
        let message = serde_json::to_string(&task).map_err(|error| StoreError::unreadable(&error))?;
        Ok(self.queue.send_later(&message, seconds).await?)
    }

    /// A row of the broadcast; none if there is no such row, or it has expired, since DynamoDB deletes late.
    async fn row(&self, id: NotificationId, record: &str) -> Result<Option<Item>, StoreError> {
        let get = self.directory.reads.get_item().table_name(&self.directory.table).consistent_read(true);
        let row = get.set_key(Some(row_key(id, record))).send().await?.item;
        let now = clock::now().as_seconds();
        Ok(row.filter(|row| expires_at(row).is_none_or(|end| end > now)))
    }

    /// Writes a row that nobody has written before; returns the one that is there where somebody has.
    async fn put_new(
        &self,
        id: NotificationId,
        record: &str,
        item: Item,
    ) -> Result<Option<Item>, StoreError> {
        self.put_new_at(row_key(id, record), id, item).await
    }

    /// The same at that key. The row is kept as long as a notification that is stored now.
    async fn put_new_at(
        &self,
        key: Item,
        id: NotificationId,
        mut item: Item,
    ) -> Result<Option<Item>, StoreError> {
        item.extend(key);
        let expires_at = self.retention.of_new(id, clock::now());
        item.insert("expires_at".to_owned(), number(expires_at.as_seconds()));
        let put = self
            .directory
            .writes
            .put_item()
            .table_name(&self.directory.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(entity)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let attempt = async || match put.clone().send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
                _ => Err(error),
            },
        };
        until_answered(attempt).await
    }
}

fn expires_at(row: &Item) -> Option<i64> {
    row.get("expires_at")?.as_n().ok()?.parse().ok()
}

fn row_key(id: NotificationId, record: &str) -> Item {
    key(format_args!("broadcast#{id}"), record)
}
