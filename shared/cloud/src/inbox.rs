//! The table `inbox`: one partition a user, newest notifications last, the watermarks beside them.

mod changes;
mod create;
mod create_many;
mod fold;
mod import;
mod item;
mod list;
mod mark_all;
mod marks;
mod page;
mod recall;
mod revise;
mod selection;
mod transition;
mod unread;
mod update;
mod view;
mod wake;

use std::fmt;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_domain::{NotificationId, Retention, UserId};

use crate::{aws::Aws, error::StoreError, telemetry::Trace};

use page::RawItem;

pub use changes::ChangedKeys;
pub use fold::{Alert, Folded, MAX_DEDUP_TOKENS};
pub use item::Entry;
pub use page::Page;
pub use selection::{Listing, Selection};
pub use unread::{Counts, NewestUnread};
pub use view::View;

/// The local index of states.
const BY_STATE: &str = "by_state";

/// How many items are written at the same time, one call each.
const CONCURRENT_UPDATES: usize = 16;

/// The inboxes of all users.
#[derive(Clone, Debug)]
pub struct Inbox {
    reads: Client,
    writes: Client,
    table: String,
    retention: Retention,
    /// Of the request that this writes for.
    trace: Option<Trace>,
}

impl Inbox {
    /// The table of that name, keeping notifications for that long.
    pub fn new(aws: &Aws, table: impl Into<String>, retention: Retention) -> Self {
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into(), retention, trace: None }
    }

    /// The same inboxes, for the writes of one traced request: what it creates stores the trace, so that fan-out can
    /// continue it.
    #[must_use]
    pub fn traced(&self, trace: Option<Trace>) -> Self {
        Self { trace, ..self.clone() }
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
