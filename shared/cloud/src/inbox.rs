//! The table `inbox`: one partition a user, newest notifications last, the watermarks beside them.

mod create;
mod item;
mod list;
mod mark_all;
mod marks;
mod page;
mod transition;
mod unread;

use std::fmt;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_domain::{NotificationId, UserId};

use crate::{aws::Aws, error::StoreError};

use page::RawItem;

pub use item::Entry;
pub use list::Listing;
pub use page::Page;
pub use unread::NewestUnread;

/// The local index of states.
const BY_STATE: &str = "by_state";

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The inboxes of all users.
#[derive(Clone, Debug)]
pub struct Inbox {
    reads: Client,
    writes: Client,
    table: String,
    retention_millis: i64,
}

impl Inbox {
    /// The table of that name, keeping each notification for that many days.
    pub fn new(aws: &Aws, table: impl Into<String>, retention_days: u16) -> Self {
        let retention_millis = i64::from(retention_days) * DAY_MILLIS;
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into(), retention_millis }
    }

    /// One item as it is stored, read strongly consistently.
    async fn item(&self, user: &UserId, sort_key: AttributeValue) -> Result<Option<RawItem>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        Ok(get.key("user", user_key(user)).key("item", sort_key).send().await?.item)
    }
}

fn text(value: impl fmt::Display) -> AttributeValue {
    AttributeValue::S(format!("{value}"))
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn notification_key(id: NotificationId) -> AttributeValue {
    text(format_args!("{}{id}", item::NOTIFICATION_PREFIX))
}

fn user_key(user: &UserId) -> AttributeValue {
    text(user)
}
