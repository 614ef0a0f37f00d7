//! The table `directory`: who the users are, and what their credentials and keys are worth.

mod bursts;
mod idempotency;
mod members;
mod rate_limits;
mod tickets;
mod tokens;
mod topics;
mod users;

pub use bursts::{BurstKey, BurstSettings};
pub use idempotency::{Claim, IdempotencyKey, InvalidIdempotencyKey, KEY_LIFETIME_SECONDS};
pub use members::{Members, Position};
pub use rate_limits::{SharedRateLimit, SharedRateLimitStatus, WINDOW_SECONDS};
pub use tickets::{TICKET_LIFETIME_MILLIS, Ticket};
pub use topics::MAX_TOPICS;
pub use users::{AccessState, User, UserEvent};

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::{Client, types::AttributeValue};

use crate::aws::Aws;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The table `directory`.
#[derive(Clone, Debug)]
pub struct Directory {
    pub(crate) reads: Client,
    pub(crate) writes: Client,
    pub(crate) table: String,
}

impl Directory {
    /// The table of that name.
    pub fn new(aws: &Aws, table: impl Into<String>) -> Self {
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into() }
    }
}

/// The key of a row: what it is about, and which of its records it is.
pub(crate) fn key(entity: impl fmt::Display, record: &str) -> Item {
    HashMap::from([("entity".to_owned(), text(entity)), ("record".to_owned(), text(record))])
}

pub(crate) fn text(value: impl fmt::Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub(crate) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
