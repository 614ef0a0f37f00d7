//! Changing a notification by what it is: read, decide, write on condition that it still is so (rule 5 of
//! `docs/consistency.md`).

use belfry_domain::{
    Action, ChangeId, Notification, NotificationId, State, Status, UserId, Watermarks, edit::Revision,
};

use super::{
    Inbox,
    item::{CONTENT, NotificationItem},
    number, text,
    transition::{Attempt, attempted, existing},
    update::Update,
};
use crate::{clock, error::StoreError, retry::Attempts};

impl Inbox {
    /// Asks `decide` what to make of the notification, and makes it so; asks again where somebody else was faster. `None`
    /// where the user has no such notification.
    pub async fn revise<E: From<StoreError>>(
        &self,
        user: &UserId,
        id: NotificationId,
        decide: impl FnMut(&Notification, &Watermarks) -> Result<Revision, E>,
    ) -> Result<Option<(Notification, Watermarks)>, E> {
        self.revise_past(user, id, ChangeId::MIN, decide).await
    }

    /// The same, and the item is past the change `lost` then, also where there is nothing to make of it: an attempt with that
    /// change, whose answer was lost, is refused from then on.
    pub(super) async fn revise_past<E: From<StoreError>>(
        &self,
        user: &UserId,
        id: NotificationId,
        lost: ChangeId,
        mut decide: impl FnMut(&Notification, &Watermarks) -> Result<Revision, E>,
    ) -> Result<Option<(Notification, Watermarks)>, E> {
        let mut attempts = Attempts::default();
        loop {
            let (found, marks) = tokio::try_join!(self.get(user, id), self.watermarks(user))?;
            let Some(found) = found else { return Ok(None) };
            if found.is_due(clock::now()) {
                self.wake(user, id, found.state).await?;
                attempts.after_conflict()?;
                continue;
            }
            let revision = decide(&found, &marks)?;
            let nothing = revision.content.is_none() && revision.action.is_none();
            if nothing && found.state.changed >= lost {
                return Ok(Some((found, marks)));
            }
            match self.write_revision(&found, &marks, revision, lost).await {
                Ok(Attempt::Written(entry)) => return Ok(existing(entry).map(|written| (written, marks))),
                Ok(Attempt::Refused(_)) => attempts.after_conflict()?,
                Err(error) => attempts.after(error).await?,
            }
        }
    }

    async fn write_revision(
        &self,
        found: &Notification,
        marks: &Watermarks,
        revision: Revision,
        lost: ChangeId,
    ) -> Result<Attempt, StoreError> {
        if matches!(revision.action, Some(Action::Snooze(_))) {
            self.note_snoozing(&found.user).await?;
        }
        let now = clock::now();
        let by_mark = found.read_by_mark_at(marks);
        let status = match revision.action {
            Some(action) => action.to(),
            // With its new change the item is above the mark that it was read by.
            None if by_mark.is_some() => Status::Read,
            None => found.state.status,
        };
        let changed = clock::mint_change().max(found.state.changed.max(lost).successor());
        let mut update = Update::of(self, &found.user, found.id, State { status, changed });
        update = match (revision.action, by_mark) {
            (Some(action), by_mark) => update.doing(action, now, by_mark.unwrap_or(now), self.retention),
            (None, Some(read_at)) => update.set("read_at", number(read_at.as_millis())),
            (None, None) => update,
        };
        if let Some(content) = revision.content {
            let mut item: super::page::RawItem =
                serde_dynamo::to_item(NotificationItem::of(&Notification { content, ..found.clone() })?)?;
            for name in CONTENT {
                update = match item.remove(name) {
                    Some(value) => update.set(name, value),
                    None => update.remove(name),
                };
            }
        }
        let update = update.on_condition("#state = :from");
        attempted(update.expression_attribute_values(":from", text(found.state))).await
    }
}
