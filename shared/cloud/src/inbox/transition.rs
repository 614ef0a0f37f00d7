//! Doing something with one notification: every update is conditional (rule 3 of `docs/consistency.md`).

use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder};
use belfry_domain::{
    Action, ChangeId, Notification, NotificationId, State, Status, Timestamp, UserId, Watermarks,
    edit::Revision,
};

use super::{Entry, Inbox, notification_key, number, text, update::Update};
use crate::{clock, error::StoreError, retry::Attempts};

/// The store's answer to one attempt: the item as it then is.
pub(super) enum Attempt {
    Written(Entry),
    /// `None` where no such item is there, or only an expired one.
    Refused(Option<Entry>),
}

impl Inbox {
    /// Does the action and returns the notification as it then is, and the marks it is seen by: unchanged where the action
    /// doesn't lead on from where it is, `None` where the user has no such notification.
    pub async fn act(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
    ) -> Result<Option<(Notification, Watermarks)>, StoreError> {
        let marks = self.watermarks(user).await?;
        match self.go(user, id, action, marks.read).await? {
            Ok(Attempt::Written(entry)) => Ok(existing(entry).map(|written| (written, marks))),
            Ok(Attempt::Refused(found)) => match found.and_then(existing) {
                Some(found) if found.is_due(clock::now()) || found.admits(action, &marks) => {
                    self.act_seeing(user, id, action, ChangeId::MIN).await
                }
                found => Ok(found.map(|found| (found, marks))),
            },
            Err(lost) => self.act_seeing(user, id, action, lost).await,
        }
    }

    /// Deletes a notification, leaving a tombstone for devices that are offline. True also where it was deleted
    /// before; false where the user has no such notification.
    pub async fn delete(&self, user: &UserId, id: NotificationId) -> Result<bool, StoreError> {
        // What may be deleted may always be, so no late attempt can undo anything.
        match self.go(user, id, Action::Delete, None).await? {
            Ok(Attempt::Refused(None)) => return Ok(false),
            Ok(Attempt::Written(_) | Attempt::Refused(Some(Entry::Tombstone { .. }))) => return Ok(true),
            // The item is ahead of this clock, or the answer was lost.
            Ok(Attempt::Refused(Some(_))) | Err(_) => {
                self.act_seeing(user, id, Action::Delete, ChangeId::MIN).await?
            }
        };
        let left = self.item(user, notification_key(id)).await?;
        let left = left.map(|item| Entry::parse(item.into())).transpose()?;
        Ok(matches!(left, Some(Entry::Tombstone { .. })))
    }

    /// One attempt, made blindly: rule 3 is its condition, and it leaves alone what `mark` has read. `Err` is its change where
    /// its answer is lost: it may still be carried out, so what is tried next must see what is there, or it could undo
    /// what was done in between.
    async fn go(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
        mark: Option<ChangeId>,
    ) -> Result<Result<Attempt, ChangeId>, StoreError> {
        if matches!(action, Action::Snooze(_)) {
            self.note_snoozing(user).await?;
        }
        // Looked at first: nothing is read after it was last changed.
        let now = clock::now();
        let changed = clock::mint_change();
        match self.attempt(user, id, State { status: action.to(), changed }, action, mark, now).await {
            Ok(attempt) => Ok(Ok(attempt)),
            Err(error) => Attempts::default().after(error).await.map(|()| Err(changed)),
        }
    }

    /// Reads, decides, and writes on condition of exactly what it read. This is needed if the watermarks or the clock
    /// decide (the item is read by a watermark, or its snooze is due), and if the item is ahead of this clock. Once
    /// this has been answered, the attempt with the change `lost` can't be committed any more.
    async fn act_seeing(
        &self,
        user: &UserId,
        id: NotificationId,
        action: Action,
        lost: ChangeId,
    ) -> Result<Option<(Notification, Watermarks)>, StoreError> {
        let admitted = |found: &Notification, marks: &Watermarks| {
            Ok(Revision { content: None, action: Some(action).filter(|action| found.admits(*action, marks)) })
        };
        self.revise_past(user, id, lost, admitted).await
    }

    async fn attempt(
        &self,
        user: &UserId,
        id: NotificationId,
        to: State,
        action: Action,
        mark: Option<ChangeId>,
        now: Timestamp,
    ) -> Result<Attempt, StoreError> {
        let statuses = action.allowed_from().iter().map(|status| status.as_char());
        let allowed: Vec<_> =
            statuses.clone().map(|status| format!("begins_with(#state, :{status})")).collect();
        let unread = State { status: Status::Unread, changed: mark.unwrap_or(ChangeId::MIN) };
        let update = Update::of(self, user, id, to)
            .doing(action, now, now, self.retention)
            .on_condition(format!(
                "attribute_exists(#state) AND #changed < :changed AND #expires_at > :now AND ({}) \
                 AND NOT #state BETWEEN :unread AND :mark{}",
                allowed.join(" OR "),
                // Asked for again, it stays as it is.
                match action {
                    Action::Snooze(_) => {
                        " AND (attribute_not_exists(#snoozed_until) OR #snoozed_until <> :snoozed_until)"
                    }
                    _ => "",
                }
            ))
            .expression_attribute_values(":unread", text(State { changed: ChangeId::MIN, ..unread }))
            .expression_attribute_values(":mark", text(unread))
            .expression_attribute_values(":now", number(now.as_seconds()));
        let update = statuses.fold(update, |update, status| {
            update.expression_attribute_values(format!(":{status}"), text(format_args!("{status}#")))
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

pub(super) fn existing(entry: Entry) -> Option<Notification> {
    match entry {
        Entry::Notification(notification) => Some(*notification),
        Entry::Tombstone { .. } | Entry::Watermarks(..) => None,
    }
}

fn expired(entry: &Entry) -> bool {
    matches!(entry, Entry::Notification(notification) if notification.expires_at <= clock::now())
}
