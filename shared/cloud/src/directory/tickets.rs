//! Tickets: one-time credentials for a socket that a browser opens across origins, where it can't send the cookie.

use aws_sdk_dynamodb::{operation::delete_item::DeleteItemError, types::ReturnValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Directory, Item, key};
use crate::{
    clock,
    error::StoreError,
    identity::{Caller, TokenHash},
    retry::until_answered,
};

/// How long a ticket lives at most, in milliseconds.
pub const TICKET_LIFETIME_MILLIS: i64 = 60_000;

/// 128 random bits.
const TICKET_BYTES: usize = 16;

const TICKET: &str = "ticket";

/// A new ticket; the table keeps only its hash.
#[derive(Clone)]
pub struct Ticket {
    /// What goes into the query of the socket's address: 22 characters of base64url.
    pub secret: String,
    /// When it is void, used or not.
    pub expires_at: Timestamp,
}

/// What a ticket stands for: the caller who asked for it, with the token that they did it with.
#[derive(Serialize, Deserialize)]
struct Row {
    user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claimed_role: Option<Role>,
    token: String,
    issued_at: i64,
    token_expires_at: i64,
    /// Seconds, for the table's TTL.
    expires_at: i64,
}

impl Directory {
    /// Makes a ticket for the caller that lives a minute, or as long as their token where that is less.
    ///
    /// Each attempt makes another one: an attempt that lands late must not bring back a ticket that was taken.
    pub async fn issue_ticket(&self, caller: &Caller) -> Result<Ticket, StoreError> {
        until_answered(|| self.put_ticket(caller)).await
    }

    async fn put_ticket(&self, caller: &Caller) -> Result<Ticket, StoreError> {
        let mut bytes = [0; TICKET_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Unavailable(format!("no randomness: {error}")))?;
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        let end = clock::now().plus_millis(TICKET_LIFETIME_MILLIS).min(caller.expires_at).as_seconds();
        let row = Row {
            user: caller.user.clone(),
            claimed_role: caller.role.clone(),
            token: caller.token.to_string(),
            issued_at: caller.issued_at.as_millis(),
            token_expires_at: caller.expires_at.as_millis(),
            expires_at: end,
        };
        let mut item: Item = serde_dynamo::to_item(row)?;
        item.extend(ticket_key(&secret));
        self.writes.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(Ticket { secret, expires_at: Timestamp::from_seconds(end) })
    }

    /// Redeems a ticket. The first request gets its caller; every other request, and every request after its end, gets
    /// none.
    ///
    /// There is one attempt: after a lost answer, a second attempt could not distinguish its own success from another
    /// request's.
    pub async fn take_ticket(&self, secret: &str) -> Result<Option<Caller>, StoreError> {
        let take = self
            .writes
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(ticket_key(secret)))
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", super::number(clock::now().as_seconds()))
            .return_values(ReturnValue::AllOld);
        match take.send().await {
            Ok(taken) => {
                Ok(Some(serde_dynamo::from_item::<_, Row>(taken.attributes.unwrap_or_default())?.into()))
            }
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(error.into()),
            },
        }
    }
}

impl From<Row> for Caller {
    fn from(row: Row) -> Self {
        Self {
            user: row.user,
            role: row.claimed_role,
            // A ticket opens a socket and sends nothing.
            sources: Some(Vec::new()),
            issued_at: Timestamp::from_millis(row.issued_at),
            expires_at: Timestamp::from_millis(row.token_expires_at),
            token: TokenHash::kept(row.token),
            profile: None,
        }
    }
}

fn ticket_key(secret: &str) -> Item {
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(secret));
    key(format_args!("ticket#{hash}"), TICKET)
}
