//! Doing something with one notification: every update is conditional (rule 3 of `docs/consistency.md`).

use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder};
use belfry_domain::{
    Action, ChangeId, Letter, Notification, NotificationId, State, UserId, edit::Revision, state::Conflict,
};

use super::{Entry, Inbox, number, text, update::Update};
use crate::{clock, error::StoreError, retry::Attempts};

/// The store's answer to one attempt: the item as it then is.
pub(super) enum Attempt {
    Written(Entry),
    /// `None` where no such item is there, or only an expired one.
    Refused(Option<Entry>),
}

impl Inbox {
    /// Does the action and returns the notification as it then is: unchanged where the action doesn't lead on from where
    /// it is, `None` where the user has no such notification.
    pub async fn act(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
    ) -> Result<Option<Notification>, StoreError> {
        let stands = match self.go(user, id, action).await? {
            Attempt::Written(entry) => return Ok(existing(entry)),
            Attempt::Refused(found) => found.and_then(existing),
        };
        let Some(found) = &stands else { return Ok(None) };
        let now = clock::now();
        let hidden = action == Action::MarkUnread && found.state.letter == Letter::Unread
            || action == Action::MarkRead && found.is_due(now);
        if !hidden {
            return Ok(stands);
        }
        let revised = self.revise::<StoreError>(user, id, |found, marks| {
            Ok(Revision {
                content: None,
                action: Some(action).filter(|action| found.admits(*action, marks, now)),
            })
        });
        Ok(revised.await?.map(|(notification, _)| notification))
    }

    /// Deletes a notification, leaving a tombstone for devices that are offline. True also where it was deleted
    /// before; false where the user has no such notification.
    pub async fn delete(&self, user: &UserId, id: NotificationId) -> Result<bool, StoreError> {
        let (Attempt::Written(entry) | Attempt::Refused(Some(entry))) =
            self.go(user, id, Action::Delete).await?
        else {
            return Ok(false);
        };
        Ok(matches!(entry, Entry::Tombstone { .. }))
    }

    /// Attempts to write the new state until the store has answered for good.
    async fn go(&self, user: &UserId, id: NotificationId, action: Action) -> Result<Attempt, StoreError> {
        if matches!(action, Action::Snooze(_)) {
            self.note_snoozing(user).await?;
        }
        let mut attempts = Attempts::default();
        let mut changed = clock::mint_change();
        loop {
            match self.attempt(user, id, action, changed).await {
                Ok(Attempt::Written(entry)) => return Ok(Attempt::Written(entry)),
                Ok(Attempt::Refused(found)) => {
                    let judged = found.as_ref().and_then(|entry| judge(action, changed, entry));
                    match judged {
                        Some(Conflict::Behind(next)) => changed = next,
                        Some(Conflict::Ours | Conflict::Forbidden) | None => {
                            return Ok(Attempt::Refused(found));
                        }
                    }
                    attempts.after_conflict()?;
                }
                Err(error) => {
                    attempts.after(error).await?;
                    changed = clock::mint_change();
                }
            }
        }
    }

    async fn attempt(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
        changed: ChangeId,
    ) -> Result<Attempt, StoreError> {
        let now = clock::now();
        let letters = action.allowed_from().iter().map(|letter| letter.as_char());
        let allowed: Vec<_> =
            letters.clone().map(|letter| format!("begins_with(#state, :{letter})")).collect();
        let update = Update::of(self, user, id, State { letter: action.to(), changed })
            .doing(action, now, self.retention)
            .on_condition(format!(
                "attribute_exists(#state) AND #changed < :changed AND #expires_at > :now AND ({})",
                allowed.join(" OR ")
            ))
            .expression_attribute_values(":now", number(now.as_seconds()));
        let update = letters.fold(update, |update, letter| {
            update.expression_attribute_values(format!(":{letter}"), text(format_args!("{letter}#")))
        });
        attempted(update).await
    }

    /// Writes on condition that the state is exactly `from`: one attempt, true where it was written.
    pub(super) async fn replace_state(&self, from: State, update: Update) -> Result<bool, StoreError> {
        let update = update.on_condition("#state = :from").expression_attribute_values(":from", text(from));
        Ok(matches!(attempted(update).await?, Attempt::Written(_)))
    }
}

/// Sends one conditional update.
pub(super) async fn attempted(update: UpdateItemFluentBuilder) -> Result<Attempt, StoreError> {
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

/// A snooze that stands with another time isn't ours, though another writer behind its clock may have minted our id.
fn judge(action: Action, changed: ChangeId, found: &Entry) -> Option<Conflict> {
    let (state, until) = match found {
        Entry::Notification(notification) => (notification.state, notification.snoozed_until),
        Entry::Tombstone { state, .. } => (*state, None),
        Entry::Watermarks(..) => return None,
    };
    match (action.conflict(changed, state), action) {
        (Conflict::Ours, Action::Snooze(ours)) if until != Some(ours) => {
            Some(Conflict::Behind(changed.successor()))
        }
        (conflict, _) => Some(conflict),
    }
}

pub(super) fn existing(entry: Entry) -> Option<Notification> {
    match entry {
        Entry::Notification(notification) => Some(*notification),
        Entry::Tombstone { .. } | Entry::Watermarks(..) => None,
    }
}

fn expired(entry: &Entry) -> bool {
    matches!(entry, Entry::Notification(notification) if notification.expires_at <= clock::now())
}
