//! Waking what was snoozed (rule 7 of `docs/consistency.md`): whoever reads an inbox wakes what is due in it.

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_domain::{Action, NotificationId, State, Status, UserId, Watermarks};
use futures::{StreamExt, TryStreamExt, stream};

use super::{CONCURRENT_UPDATES, Inbox, number, update::Update};
use crate::{clock, error::StoreError, retry::until_answered};

impl Inbox {
    /// Makes snoozed notifications unread again whose time has come. Costs nothing if nothing was ever snoozed,
    /// otherwise one query.
    ///
    /// A caller that has read the list before must read it again, even if nothing is due here: another request may have
    /// woken the item in between.
    pub async fn wake_due(&self, user: &UserId, marks: &Watermarks) -> Result<(), StoreError> {
        if !marks.has_snoozed {
            return Ok(());
        }
        let due = self
            .by_letter(user, Status::Snoozed, None)
            .filter_expression("expires_at > :now AND snoozed_until <= :millis")
            .expression_attribute_values(":millis", number(clock::now().as_millis()));
        let due = self.states(due).await?;
        let woken = stream::iter(due)
            .map(|(id, from)| async move { self.wake(user, id, from).await })
            .buffer_unordered(CONCURRENT_UPDATES);
        woken.try_collect().await
    }

    /// On condition of that exact state: whoever was faster has woken it, or snoozed it again.
    pub(super) async fn wake(
        &self,
        user: &UserId,
        id: NotificationId,
        from: State,
    ) -> Result<(), StoreError> {
        let attempt = || {
            let changed = clock::mint_change().max(from.changed.successor());
            let update = Update::of(self, user, id, State { status: Status::Unread, changed });
            let now = clock::now();
            self.replace_state(from, update.doing(Action::MarkUnread, now, now, self.retention))
        };
        until_answered(attempt).await.map(drop)
    }

    /// Notes, before anything is snoozed, that from now on somebody must look for what is due.
    pub(super) async fn note_snoozing(&self, user: &UserId) -> Result<(), StoreError> {
        let note = || {
            Update::of_meta(self, user, clock::now())
                .set("has_snoozed", AttributeValue::Bool(true))
                .unconditional()
                .send()
        };
        until_answered(note).await.map(drop)
    }
}
