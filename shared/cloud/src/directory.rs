//! The table `directory`: who the users are, and what their credentials and keys are worth.

mod idempotency;
mod tickets;
mod tokens;
mod users;

pub use idempotency::{Claim, IdempotencyKey, InvalidIdempotencyKey};
pub use tickets::Ticket;
pub use users::{Standing, User};

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::{Client, types::AttributeValue};

use crate::aws::Aws;

type Item = HashMap<String, AttributeValue>;

/// The table `directory`.
#[derive(Clone, Debug)]
pub struct Directory {
    reads: Client,
    writes: Client,
    table: String,
}

impl Directory {
    /// The table of that name.
    pub fn new(aws: &Aws, table: impl Into<String>) -> Self {
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into() }
    }
}

/// The key of a row: what it is about, and which of its records it is.
fn key(entity: impl fmt::Display, record: &str) -> Item {
    HashMap::from([("entity".to_owned(), text(entity)), ("record".to_owned(), text(record))])
}

fn text(value: impl fmt::Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
