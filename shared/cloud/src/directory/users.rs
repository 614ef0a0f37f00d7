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
    clock,
    error::StoreError,
    identity::{AuthError, Profile, TokenHash},
    retry::{Attempts, until_answered},
};

pub(super) const PROFILE: &str = "profile";

/// The attribute by which active users are listed: its key in the index `by_role`.
pub(super) const LISTED: &str = "listed";

/// A user as the directory knows them. Texts are empty if nothing is known.
///
/// Each part has the date of the event that stated it, in milliseconds since the epoch. A part without a date comes
/// from the claims of a token, and later claims replace it. Events arrive out of order, and an event need not state all
/// parts, so each part has a date of its own (rule 9 of `docs/consistency.md`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The profile.
    #[serde(flatten)]
    pub profile: Profile,
    /// The date of the event that stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_at: Option<i64>,
    /// The role; none where none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The date of the event that stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_at: Option<i64>,
    /// False once they were deactivated.
    pub is_active: bool,
    /// The date of the event that stated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_at: Option<i64>,
    /// Tokens issued before this time, in milliseconds since the epoch, are worthless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_after: Option<i64>,
}

/// What an event says about a user. Parts that it leaves out stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserEvent {
    /// Who they are.
    pub profile: Option<Profile>,
    /// Their role, or that they have none.
    pub role: Option<Option<Role>>,
    /// Whether they may sign in.
    pub is_active: Option<bool>,
}

/// Where a caller stands: whether their token was revoked, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct AccessState {
    /// Signed out with this token.
    pub revoked: bool,
    /// `None` for somebody who was never seen.
    pub user: Option<User>,
}

impl AccessState {
    /// Whether a token of theirs, issued then, still counts.
    pub fn check_access(&self, issued_at: Timestamp) -> Result<(), AuthError> {
        match &self.user {
            _ if self.revoked => Err(AuthError::Revoked),
            Some(user) if user.active_at.is_some() && !user.is_active => Err(AuthError::Inactive),
            // The times in a token are whole seconds.
            Some(user) if user.valid_after.is_some_and(|at| issued_at.as_seconds() < at / 1000) => {
                Err(AuthError::Revoked)
            }
            _ => Ok(()),
        }
    }
}

impl User {
    /// This user with the claims of a token, in the parts that no event has stated.
    #[must_use]
    pub fn with_claims(&self, profile: &Profile, role: Option<&Role>) -> Self {
        let mut user = self.clone();
        if user.profile_at.is_none() {
            user.profile = profile.clone();
        }
        if user.role_at.is_none() {
            user.role = role.cloned();
        }
        if user.active_at.is_none() {
            user.is_active = true;
        }
        user
    }

    /// This user after an event from `at`. A part changes if an older event stated it. A part that was stated by an event
    /// dated in the future gives way to any event that isn't; otherwise a fast clock could block all later updates.
    fn with_event(&self, event: &UserEvent, at: i64, now: i64) -> Self {
        let mut user = self.clone();
        let is_newer = |known: Option<i64>| known < Some(at) || (at <= now && known > Some(now));
        if let Some(profile) = event.profile.clone().filter(|_| is_newer(self.profile_at)) {
            (user.profile, user.profile_at) = (profile, Some(at));
        }
        if let Some(role) = event.role.clone().filter(|_| is_newer(self.role_at)) {
            (user.role, user.role_at) = (role, Some(at));
        }
        if let Some(is_active) = event.is_active.filter(|_| is_newer(self.active_at)) {
            (user.is_active, user.active_at) = (is_active, Some(at));
        }
        if event.is_active == Some(false) {
            // Also if a later event has made them active again: events come in any order, and older tokens stay worthless.
            // Never ahead of the clock, since that would refuse the token of a user who signs in again.
            user.valid_after = user.valid_after.max(Some(at.min(now)));
        }
        user
    }

    /// Under which key they are listed, while they are active.
    fn listed(&self) -> Option<String> {
        self.is_active.then(|| listed(self.role.as_ref()))
    }
}

/// The key under which active users of that role are listed; those without one have a key, too.
pub(super) fn listed(role: Option<&Role>) -> String {
    format!("role#{}", role.map_or("", Role::name))
}

impl Directory {
    /// Where the bearer of a token stands, read strongly consistently in one call.
    pub async fn access_state(&self, user: &UserId, token: &TokenHash) -> Result<AccessState, StoreError> {
        let mut state = AccessState::default();
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
                    state.revoked = true;
                } else {
                    state.user = Some(serde_dynamo::from_item(item)?);
                }
            }
            keys = answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, rest)| rest.keys).collect();
            if !keys.is_empty() {
                attempts.after(StoreError::Unavailable("unprocessed keys".to_owned())).await?;
            }
        }
        Ok(state)
    }

    /// Writes down what a token's claims say of a user of whom `known` was read. Where somebody else has written since,
    /// nothing happens: the next request looks again.
    pub async fn apply_claims(
        &self,
        user: &UserId,
        known: Option<&User>,
        profile: &Profile,
        role: Option<&Role>,
    ) -> Result<(), StoreError> {
        let claimed = known.cloned().unwrap_or_default().with_claims(profile, role);
        if known == Some(&claimed) {
            return Ok(());
        }
        self.put_user(user, &claimed, Condition::still(known)).await.map(drop)
    }

    /// Stores what an event from `at` says about a user, each part unless a later event has stated it. Returns the user
    /// before and after that; they are equal if the event changes nothing.
    pub async fn apply_event(
        &self,
        user: &UserId,
        event: &UserEvent,
        at: Timestamp,
    ) -> Result<(Option<User>, User), StoreError> {
        let mut attempts = Attempts::default();
        loop {
            let before = self.user(user).await?;
            // A user whom only events name is active until an event says otherwise.
            let known = before.clone().unwrap_or(User { is_active: true, ..User::default() });
            let after = known.with_event(event, at.as_millis(), clock::now().as_millis());
            if before.as_ref() == Some(&after)
                || self.put_user(user, &after, Condition::still(before.as_ref())).await?
            {
                return Ok((before, after));
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
        item.extend(row.listed().map(|listed| (LISTED.to_owned(), text(listed))));
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
    /// The row's role, status and dates are as they were read.
    fn still(known: Option<&User>) -> Self {
        let Some(known) = known else {
            return Self { expression: "attribute_not_exists(entity)".to_owned(), names: None, values: None };
        };
        let (mut names, mut values) = (HashMap::new(), Item::new());
        let mut same = |name: &str, value: Option<AttributeValue>| {
            names.insert(format!("#{name}"), name.to_owned());
            match value {
                None => format!("attribute_not_exists(#{name})"),
                Some(value) => {
                    values.insert(format!(":{name}"), value);
                    format!("#{name} = :{name}")
                }
            }
        };
        let rights = [
            same("profile_at", known.profile_at.map(number)),
            same("role", known.role.as_ref().map(|role| text(role.name()))),
            same("role_at", known.role_at.map(number)),
            same("is_active", Some(AttributeValue::Bool(known.is_active))),
            same("active_at", known.active_at.map(number)),
            same("valid_after", known.valid_after.map(number)),
        ];
        Self { expression: rights.join(" AND "), names: Some(names), values: Some(values) }
    }
}

fn user_key(user: &UserId) -> Item {
    key(format_args!("user#{user}"), PROFILE)
}
