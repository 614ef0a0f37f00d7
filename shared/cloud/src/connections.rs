//! Which sockets a user has open: one row each, kept by `$connect` and `$disconnect`.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, error::ProvideErrorMetadata, types::AttributeValue};
use belfry_domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{aws::Aws, clock, error::StoreError, retry::until_answered};

/// How long a row lives: API Gateway closes a socket after two hours, so ten minutes more are enough.
const LIFETIME_MILLIS: i64 = (2 * 60 + 10) * 60 * 1000;

/// API Gateway answers 410 also while `$connect` has not returned. A row younger than this, in milliseconds, may be of
/// such a connection.
const CONNECT_GRACE_MILLIS: i64 = 30_000;

/// Why a connection is to be closed. A row that says so is of a connection that nothing is pushed to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The user's access ended, or their rights are others now.
    Access,
    /// The user has opened newer ones, as many as they may have.
    Evicted,
}

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
    /// Why it is to be closed; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

impl Connection {
    /// Whether a 410 may mean that it is not open yet. After that time it means that it is closed.
    pub fn may_be_opening(&self) -> bool {
        clock::now().as_millis() - self.connected_at < CONNECT_GRACE_MILLIS
    }
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

    /// Registers a socket, until it closes or its token ends, whichever is first. Registering twice is registering once.
    /// False if it is marked for closing: its row stays as it is.
    pub async fn register(
        &self,
        user: &UserId,
        connection: &str,
        token_expires_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        self.restore(user, connection, clock::now(), token_expires_at).await
    }

    /// Puts back the row of a socket that was registered at that time, as [`Self::register`] does.
    pub async fn restore(
        &self,
        user: &UserId,
        connection: &str,
        connected_at: Timestamp,
        token_expires_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let end = connected_at.plus_millis(LIFETIME_MILLIS);
        let row = Connection {
            user: user.clone(),
            connection: connection.to_owned(),
            connected_at: connected_at.as_millis(),
            expires_at: token_expires_at.map_or(end, |token| token.min(end)).as_seconds(),
            closing: None,
        };
        let item: HashMap<_, _> = serde_dynamo::to_item(row)?;
        // An attempt that lands late must not take the mark away.
        let put = self.writes.put_item().table_name(&self.table).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(closing)");
        let attempt = async || match put.clone().send().await {
            Err(error) if is_failed_condition(&error) => Ok(false),
            answer => answer.map(|_| true),
        };
        until_answered(attempt).await
    }

    /// Marks a socket as one that is to be closed: from then on [`Self::of`] leaves it out. A socket without a row needs no
    /// mark. The first of two marks stays.
    pub async fn mark(&self, connection: &Connection, closing: Closing) -> Result<(), StoreError> {
        let update = self
            .writes
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(&connection.user, &connection.connection)))
            .update_expression("SET closing = if_not_exists(closing, :closing)")
            .condition_expression("attribute_exists(connected_at)")
            .expression_attribute_values(":closing", serde_dynamo::to_attribute_value(closing)?);
        let attempt = async || match update.clone().send().await {
            Err(error) if is_failed_condition(&error) => Ok(()),
            answer => answer.map(drop),
        };
        until_answered(attempt).await
    }

    /// Forgets a socket. One that isn't there is forgotten already.
    pub async fn remove(&self, user: &UserId, connection: &str) -> Result<(), StoreError> {
        let delete = self.writes.delete_item().table_name(&self.table).set_key(Some(key(user, connection)));
        until_answered(|| delete.clone().send()).await.map(drop)
    }

    /// The row of a socket, read strongly consistently.
    pub async fn get(&self, user: &UserId, connection: &str) -> Result<Option<Connection>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        let found = get.set_key(Some(key(user, connection))).send().await?.item;
        Ok(found.map(serde_dynamo::from_item).transpose()?)
    }

    /// The user's open sockets, read strongly consistently, without those past their time or to be closed.
    pub async fn of(&self, user: &UserId) -> Result<Vec<Connection>, StoreError> {
        let mut open = self.all_of(user).await?;
        open.retain(|connection| connection.closing.is_none());
        Ok(open)
    }

    /// The same, with those that are to be closed.
    pub async fn all_of(&self, user: &UserId) -> Result<Vec<Connection>, StoreError> {
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

fn key(user: &UserId, connection: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("user".to_owned(), AttributeValue::S(user.to_string())),
        ("connection".to_owned(), AttributeValue::S(connection.to_owned())),
    ])
}

fn is_failed_condition(error: &impl ProvideErrorMetadata) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}
