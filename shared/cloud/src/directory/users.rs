//! Users: their roles and profiles, and from when on their tokens count.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{AttributeValue, KeysAndAttributes},
};
use belfry_domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::{
    Directory, Item, key, number, text,
    tokens::{REVOKED, token_key},
};
use crate::{
    auth::{AuthError, Profile, TokenHash},
    error::StoreError,
    retry::{Attempts, until_answered},
};

const PROFILE: &str = "profile";

/// A user as the directory knows them. Texts are empty where nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The profile.
    #[serde(flatten)]
    pub profile: Profile,
    /// The role; none where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// False once they were deactivated.
    pub is_active: bool,
    /// Tokens issued before this time, in milliseconds since the epoch, are worthless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_after: Option<i64>,
    /// When the event happened, in milliseconds since the epoch, that this was learnt from. Where it was learnt from a
    /// token's claims, there is none, and later claims overrule it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_at: Option<i64>,
}

/// Where a caller stands: whether their token was revoked, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Signed out with this token.
    pub revoked: bool,
    /// `None` for somebody who was never seen.
    pub user: Option<User>,
}

impl Standing {
    /// Whether a token of theirs, issued then, still counts.
    pub fn admits(&self, issued_at: Timestamp) -> Result<(), AuthError> {
        match &self.user {
            _ if self.revoked => Err(AuthError::Revoked),
            Some(user) if user.event_at.is_some() && !user.is_active => Err(AuthError::Inactive),
            // A token tells whole seconds.
            Some(user) if user.valid_after.is_some_and(|at| issued_at.as_seconds() < at / 1000) => {
                Err(AuthError::Revoked)
            }
            _ => Ok(()),
        }
    }
}

impl Directory {
    /// Where the bearer of a token stands, read strongly consistently in one call.
    pub async fn standing(&self, user: &UserId, token: &TokenHash) -> Result<Standing, StoreError> {
        let mut standing = Standing::default();
        let mut attempts = Attempts::default();
        let mut keys = vec![token_key(token), user_key(user)];
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| StoreError::Refused(error.to_string()))?;
            let answer = self.reads.batch_get_item().request_items(&self.table, wanted).send().await?;
            for item in answer.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                if item
                    .get("record")
                    .and_then(|record| record.as_s().ok())
                    .is_some_and(|text| text == REVOKED)
                {
                    standing.revoked = true;
                } else {
                    standing.user = Some(serde_dynamo::from_item(item)?);
                }
            }
            keys = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, rest)| rest.keys).collect();
            if !keys.is_empty() {
                attempts.after(StoreError::Unavailable("unprocessed keys".to_owned())).await?;
            }
        }
        Ok(standing)
    }

    /// Writes down what a token's claims say of a user, unless an event has said something by now.
    pub async fn note_claims(
        &self,
        user: &UserId,
        profile: &Profile,
        role: Option<&Role>,
    ) -> Result<(), StoreError> {
        let row = User {
            profile: profile.clone(),
            role: role.cloned(),
            is_active: true,
            valid_after: None,
            event_at: None,
        };
        self.put_user(user, &row, Condition::claims()).await.map(drop)
    }

    /// Writes down what an event says of a user, unless that one or a later one has been written already (rule 9 of
    /// `docs/consistency.md`). Who loses a role or is deactivated has to sign in anew: tokens from before `at` end. True
    /// where this event has ended them, now or when it was noted before.
    pub async fn note_event(
        &self,
        user: &UserId,
        profile: &Profile,
        role: Option<&Role>,
        is_active: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let at = at.as_millis();
        let mut attempts = Attempts::default();
        loop {
            let before = self.user(user).await?;
            let known = before.as_ref().and_then(|before| before.event_at);
            let valid_after = before.as_ref().and_then(|before| before.valid_after);
            if known >= Some(at) {
                return Ok(known == Some(at) && valid_after == known);
            }
            let unchanged = before.as_ref().is_some_and(|before| before.role.as_ref() == role && is_active);
            let row = User {
                profile: profile.clone(),
                role: role.cloned(),
                is_active,
                valid_after: if unchanged { valid_after } else { Some(at) },
                event_at: Some(at),
            };
            if self.put_user(user, &row, Condition::after(before.as_ref(), at)).await? {
                return Ok(!unchanged);
            }
            attempts.after_conflict()?;
        }
    }

    /// What is known of a user.
    pub async fn user(&self, user: &UserId) -> Result<Option<User>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        let found = get.set_key(Some(user_key(user))).send().await?.item;
        Ok(found.map(serde_dynamo::from_item).transpose()?)
    }

    /// True where it was written; false where the condition failed.
    async fn put_user(&self, user: &UserId, row: &User, condition: Condition) -> Result<bool, StoreError> {
        let mut item: Item = serde_dynamo::to_item(row)?;
        item.extend(user_key(user));
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values);
        let attempt = async || match put.clone().send().await {
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            answer => answer.map(|_| true),
        };
        until_answered(attempt).await
    }
}

/// On which a row is written.
struct Condition {
    expression: String,
    names: Option<HashMap<String, String>>,
    values: Option<Item>,
}

impl Condition {
    /// No event has spoken.
    fn claims() -> Self {
        Self { expression: "attribute_not_exists(event_at)".to_owned(), names: None, values: None }
    }

    /// The row still tells of the rights that were read, and of no event from `at` or later.
    fn after(before: Option<&User>, at: i64) -> Self {
        let Some(before) = before else {
            return Self { expression: "attribute_not_exists(entity)".to_owned(), names: None, values: None };
        };
        let mut values = Item::from([(":at".to_owned(), number(at))]);
        let mut same = |name: &str, value: Option<AttributeValue>| match value {
            None => format!("attribute_not_exists(#{name})"),
            Some(value) => {
                values.insert(format!(":{name}"), value);
                format!("#{name} = :{name}")
            }
        };
        let rights = [
            same("role", before.role.as_ref().map(|role| text(role.name()))),
            same("is_active", Some(AttributeValue::Bool(before.is_active))),
            same("valid_after", before.valid_after.map(number)),
        ];
        let expression =
            format!("(attribute_not_exists(event_at) OR event_at < :at) AND {}", rights.join(" AND "));
        let names = ["role", "is_active", "valid_after"].map(|name| (format!("#{name}"), name.to_owned()));
        Self { expression, names: Some(names.into()), values: Some(values) }
    }
}

fn user_key(user: &UserId) -> Item {
    key(format_args!("user#{user}"), PROFILE)
}
