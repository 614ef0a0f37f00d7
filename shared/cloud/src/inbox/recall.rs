//! Taking a notification back from its owner (rule 8 of `docs/consistency.md`).

use belfry_domain::{Action, ChangeId, NotificationId, State, Status, UserId};

use super::{
    Entry, Inbox,
    transition::{Attempt, attempted},
    update::Update,
};
use crate::{clock, error::StoreError, retry::Attempts};

impl Inbox {
    /// Deletes a notification, also one that isn't there: the tombstone keeps whoever is still about to write it from doing
    /// so.
    pub async fn recall(&self, user: &UserId, id: NotificationId) -> Result<(), StoreError> {
        let mut attempts = Attempts::default();
        let mut floor = ChangeId::MIN;
        loop {
            let now = clock::now();
            let to = State { status: Status::Deleted, changed: clock::mint_change().max(floor.successor()) };
            let update = Update::of(self, user, id, to)
                .doing(Action::Delete, now, now, self.retention)
                .on_condition(
                    "attribute_not_exists(#state) OR (NOT begins_with(#state, :d) AND #changed < :changed)",
                )
                .expression_attribute_values(":d", super::text("d#"));
            match attempted(update).await {
                Ok(Attempt::Written(_) | Attempt::Refused(Some(Entry::Tombstone { .. }))) => return Ok(()),
                Ok(Attempt::Refused(found)) => {
                    if let Some(Entry::Notification(found)) = found {
                        floor = found.state.changed;
                    }
                    attempts.after_conflict()?;
                }
                Err(error) => attempts.after(error).await?,
            }
        }
    }
}
