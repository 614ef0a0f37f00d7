//! Users: their roles and profiles, and from when on their tokens count.

use std::collections::HashMap;

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::KeysAndAttributes};
use belfry_domain::{Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::{
    Directory, Item, key, number,
    tokens::{REVOKED, token_key},
};
use crate::{
    auth::{Profile, TokenHash},
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
        self.put_user(user, &row, "attribute_not_exists(event_at)", None).await
    }

    /// Writes down what an event says of a user, unless a later one has been written already (rule 9 of
    /// `docs/consistency.md`). Who loses a role or is deactivated has to sign in anew: tokens from before `at` end.
    pub async fn note_event(
        &self,
        user: &UserId,
        profile: &Profile,
        role: Option<&Role>,
        is_active: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let before = self.user(user).await?;
        let unchanged = before.as_ref().is_some_and(|before| before.role.as_ref() == role && is_active);
        let valid_after = before.as_ref().and_then(|before| before.valid_after);
        let row = User {
            profile: profile.clone(),
            role: role.cloned(),
            is_active,
            valid_after: if unchanged { valid_after } else { valid_after.max(Some(at.as_millis())) },
            event_at: Some(at.as_millis()),
        };
        self.put_user(user, &row, "attribute_not_exists(event_at) OR event_at < :at", Some(at)).await
    }

    /// What is known of a user.
    pub async fn user(&self, user: &UserId) -> Result<Option<User>, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        let found = get.set_key(Some(user_key(user))).send().await?.item;
        Ok(found.map(serde_dynamo::from_item).transpose()?)
    }

    async fn put_user(
        &self,
        user: &UserId,
        row: &User,
        condition: &str,
        at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut item: Item = serde_dynamo::to_item(row)?;
        item.extend(user_key(user));
        let at = at.map(|at| HashMap::from([(":at".to_owned(), number(at.as_millis()))]));
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(at);
        let attempt = async || match put.clone().send().await {
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            answer => answer.map(drop),
        };
        until_answered(attempt).await
    }
}

fn user_key(user: &UserId) -> Item {
    key(format_args!("user#{user}"), PROFILE)
}
