//! Moving one notification from state to state: every update is conditional (rule 3 of `docs/consistency.md`).

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use belfry_domain::{Letter, Notification, NotificationId, State, UserId, state::Conflict};

use super::{Entry, Inbox, notification_key, number, text, user_key};
use crate::{clock, error::StoreError, retry::Attempts};

/// What a tombstone keeps nothing of.
const CONTENT: &str = "title, message, notification_type, category, related_object_type, related_object_id, \
                       redirect_url, #data, read_at";

/// The store's answer to one attempt.
enum Attempt {
    Written(Entry),
    Refused(Option<Entry>),
}

impl Inbox {
    /// Marks a notification read and returns it. One that is read, archived or snoozed already is returned as it is;
    /// `None` where the user has no such notification.
    pub async fn mark_read(
        &self,
        user: &UserId,
        id: NotificationId,
    ) -> Result<Option<Notification>, StoreError> {
        Ok(self.go(user, id, Letter::Read).await?.and_then(existing))
    }

    /// Deletes a notification, leaving a tombstone for devices that are offline. True also where it was deleted
    /// before; false where the user has no such notification.
    pub async fn delete(&self, user: &UserId, id: NotificationId) -> Result<bool, StoreError> {
        match self.go(user, id, Letter::Deleted).await? {
            Some(Entry::Tombstone { .. }) => Ok(true),
            Some(Entry::Notification(_) | Entry::Watermarks(..)) | None => Ok(false),
        }
    }

    /// Attempts to write the new state until the store has answered for good; returns the item as it then is.
    async fn go(
        &self,
        user: &UserId,
        id: NotificationId,
        letter: Letter,
    ) -> Result<Option<Entry>, StoreError> {
        let mut attempts = Attempts::default();
        let mut state = State { letter, changed: clock::mint_change() };
        loop {
            match self.attempt(user, id, state).await {
                Ok(Attempt::Written(entry)) => return Ok(Some(entry)),
                Ok(Attempt::Refused(found)) => {
                    let Some(standing) = found.as_ref().and_then(standing) else { return Ok(found) };
                    match state.conflict_with(standing) {
                        Conflict::Ours | Conflict::Forbidden => return Ok(found),
                        Conflict::Behind(next) => state.changed = next,
                    }
                    attempts.after_conflict()?;
                }
                Err(error) => {
                    attempts.after(error).await?;
                    state.changed = clock::mint_change();
                }
            }
        }
    }

    async fn attempt(&self, user: &UserId, id: NotificationId, state: State) -> Result<Attempt, StoreError> {
        let now = clock::now();
        let letters: Vec<_> = state.letter.allowed_from().iter().map(|letter| letter.as_char()).collect();
        let allowed: Vec<_> =
            letters.iter().map(|letter| format!("begins_with(#state, :{letter})")).collect();
        let mut update = self
            .update(user, id, state)
            .condition_expression(format!(
                "attribute_exists(#item) AND changed < :changed AND expires_at > :now AND ({})",
                allowed.join(" OR ")
            ))
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":now", number(now.as_seconds()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for letter in letters {
            update =
                update.expression_attribute_values(format!(":{letter}"), text(format_args!("{letter}#")));
        }
        update = match state.letter {
            Letter::Deleted => update
                .update_expression(format!(
                    "SET #state = :state, changed = :changed, expires_at = :end REMOVE {CONTENT}"
                ))
                .expression_attribute_names("#data", "data")
                .expression_attribute_values(
                    ":end",
                    number(now.plus_millis(self.retention_millis).as_seconds()),
                ),
            Letter::Read => update
                .update_expression("SET #state = :state, changed = :changed, read_at = :read_at")
                .expression_attribute_values(":read_at", number(now.as_millis())),
            Letter::Unread | Letter::Archived | Letter::Snoozed => {
                update.update_expression("SET #state = :state, changed = :changed REMOVE read_at")
            }
        };
        match update.send().await {
            Ok(written) => Ok(Attempt::Written(Entry::parse(written.attributes.unwrap_or_default().into())?)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item.clone().map(|item| Entry::parse(item.into())).transpose()?;
                    Ok(Attempt::Refused(found.filter(|entry| !expired(entry))))
                }
                _ => Err(error.into()),
            },
        }
    }

    /// Writes `to` on condition that the state is exactly `from`: one attempt, true where it was written.
    pub(super) async fn replace_state(
        &self,
        user: &UserId,
        id: NotificationId,
        from: State,
        to: State,
    ) -> Result<bool, StoreError> {
        let update = self
            .update(user, id, to)
            .condition_expression("#state = :from")
            .expression_attribute_values(":from", text(from));
        let update = match to.letter {
            Letter::Read => update
                .update_expression("SET #state = :state, changed = :changed, read_at = :read_at")
                .expression_attribute_values(":read_at", number(clock::now().as_millis())),
            _ => update.update_expression("SET #state = :state, changed = :changed"),
        };
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }

    fn update(&self, user: &UserId, id: NotificationId, state: State) -> UpdateItemFluentBuilder {
        self.writes
            .update_item()
            .table_name(&self.table)
            .key("user", user_key(user))
            .key("item", notification_key(id))
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state))
            .expression_attribute_values(":changed", text(state.changed))
    }
}

fn standing(entry: &Entry) -> Option<State> {
    match entry {
        Entry::Notification(notification) => Some(notification.state),
        Entry::Tombstone { state, .. } => Some(*state),
        Entry::Watermarks(..) => None,
    }
}

fn existing(entry: Entry) -> Option<Notification> {
    match entry {
        Entry::Notification(notification) => Some(*notification),
        Entry::Tombstone { .. } | Entry::Watermarks(..) => None,
    }
}

fn expired(entry: &Entry) -> bool {
    matches!(entry, Entry::Notification(notification) if notification.expires_at <= clock::now())
}
