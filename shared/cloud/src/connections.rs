//! Which sockets a user has open: one row each, kept by `$connect` and `$disconnect`.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{aws::Aws, clock, error::StoreError, retry::until_answered};

/// How long a row lives: API Gateway closes a socket after two hours, so ten minutes more are enough.
const LIFETIME_MILLIS: i64 = (2 * 60 + 10) * 60 * 1000;

/// One open socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Whose it is.
    pub user: UserId,
    /// API Gateway's id for it.
    pub connection: String,
    /// When it was registered, in milliseconds since the epoch.
    pub connected_at: i64,
    /// When the row is void, in seconds since the epoch.
    pub expires_at: i64,
}

/// The table `connections`.
#[derive(Clone, Debug)]
pub struct Connections {
    reads: Client,
    writes: Client,
    table: String,
}

impl Connections {
    /// The table of that name.
    pub fn new(aws: &Aws, table: impl Into<String>) -> Self {
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into() }
    }

    /// Registers a socket, until it closes or its token ends, whichever is first. Registering twice is registering
    /// once.
    pub async fn register(
        &self,
        user: &UserId,
        connection: &str,
        token_expires_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let now = clock::now();
        let end = now.plus_millis(LIFETIME_MILLIS);
        let row = Connection {
            user: user.clone(),
            connection: connection.to_owned(),
            connected_at: now.as_millis(),
            expires_at: token_expires_at.map_or(end, |token| token.min(end)).as_seconds(),
        };
        let item: HashMap<_, _> = serde_dynamo::to_item(row)?;
        let put = self.writes.put_item().table_name(&self.table).set_item(Some(item));
        until_answered(|| put.clone().send()).await.map(drop)
    }

    /// Forgets a socket. One that isn't there is forgotten already.
    pub async fn remove(&self, user: &UserId, connection: &str) -> Result<(), StoreError> {
        let delete = self
            .writes
            .delete_item()
            .table_name(&self.table)
            .key("user", AttributeValue::S(user.to_string()))
            .key("connection", AttributeValue::S(connection.to_owned()));
        until_answered(|| delete.clone().send()).await.map(drop)
    }

    /// The user's open sockets, read strongly consistently, without those past their time.
    pub async fn of(&self, user: &UserId) -> Result<Vec<Connection>, StoreError> {
        let mut pages = self
            .reads
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#user = :user")
            .filter_expression("expires_at > :now")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_string()))
            .expression_attribute_values(":now", AttributeValue::N(clock::now().as_seconds().to_string()))
            .into_paginator()
            .send();
        let mut connections = Vec::new();
        while let Some(page) = pages.next().await {
            connections.extend(serde_dynamo::from_items::<_, Connection>(page?.items.unwrap_or_default())?);
        }
        Ok(connections)
    }

    /// Whether anybody has a socket open. Reads the whole table until it finds one: for commands, not for functions.
    pub async fn any_open(&self) -> Result<bool, StoreError> {
        let mut pages = self
            .reads
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("expires_at > :now")
            .expression_attribute_values(":now", AttributeValue::N(clock::now().as_seconds().to_string()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            if page?.count > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
