//! Marking everything read: one write moves the watermark, whatever the count (rule 4 of `docs/consistency.md`).

use belfry_domain::{Letter, NotificationId, State, UserId, Watermarks};
use futures::{StreamExt, TryStreamExt, stream};

use super::{CONCURRENT_UPDATES, Inbox, marks::Mark, number, update::Update};
use crate::{clock, error::StoreError, retry::until_answered};

impl Inbox {
    /// Marks read what was committed when this looked, and returns how many that were.
    ///
    /// The watermark stays ten seconds behind the clock; what is newer than that is marked one by one, each on
    /// condition that it is still as it was seen. Asking again after an error is safe.
    pub async fn mark_all_read(&self, user: &UserId) -> Result<usize, StoreError> {
        let mark = Watermarks::read_mark_at(clock::now());
        let before = self.move_mark(user, Mark::Read, mark).await?;
        self.wake_due(user, &before).await?;
        let unread = self.states(self.by_letter(user, Letter::Unread, before.read)).await?;
        let (newer, covered): (Vec<_>, Vec<_>) =
            unread.into_iter().partition(|(_, state)| state.changed > mark);
        let one_by_one = stream::iter(newer)
            .map(|(id, state)| async move { self.read_as_found(user, id, state).await })
            .buffer_unordered(CONCURRENT_UPDATES)
            .try_fold(0, async |count, read| Ok(count + usize::from(read)));
        Ok(covered.len() + one_by_one.await?)
    }

    /// False where the item has changed since it was found. When it expires stays as it is.
    async fn read_as_found(
        &self,
        user: &UserId,
        id: NotificationId,
        from: State,
    ) -> Result<bool, StoreError> {
        let attempt = || {
            let changed = clock::mint_change().max(from.changed.successor());
            let update = Update::of(self, user, id, State { letter: Letter::Read, changed });
            self.replace_state(from, update.set("read_at", number(clock::now().as_millis())))
        };
        until_answered(attempt).await
    }
}
