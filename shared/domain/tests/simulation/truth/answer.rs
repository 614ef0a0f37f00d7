//! What must hold of every answer.

use belfry_domain::{Action, Notification, NotificationId, Status, Timestamp, Watermarks};

use super::{
    super::{store::Store, world::SKEW, writer::LATEST_COMMIT},
    Invariant, Known, Request, Truth, Wish,
    commit::was_due,
};

impl Truth {
    /// The owner has an answer: it is so now, by this change or by another.
    pub(crate) fn answered(
        &mut self,
        now: i64,
        request: usize,
        stands: Option<&Notification>,
        marks: &Watermarks,
    ) {
        let Request { id, asked_at, .. } = self.requests[request];
        let Some(stands) = stands else {
            // One writer may have kept it for longer when another already took it for expired.
            let lasts = |known: &Known| !known.deleted && known.written_at < asked_at && known.is_kept(now);
            let there = self.known.get(&id).is_some_and(lasts);
            return self.require(!there, Invariant::I6, || format!("{id} is there and was not found"));
        };
        self.requests[request].answered_at = Some(now);
        let expired = self.known.get(&id).is_some_and(|known| !known.deleted && known.is_expired(asked_at));
        self.require(!expired, Invariant::Kept, || format!("{id} is expired and was found"));
        let status = stands.state.status;
        let (invariant, done) = match &self.requests[request].wish {
            Wish::Edit(edit, said) => {
                let title = said.title.as_ref().is_none_or(|title| *title == stands.content.title);
                let message = said.message.as_ref().is_none_or(|message| *message == stands.content.message);
                let left = edit.of(stands, marks, Timestamp::from_millis(now));
                let done = left.is_ok_and(|left| left.content.is_none() && left.action.is_none());
                (Invariant::Edit, title && message && done)
            }
            Wish::Act(Action::MarkRead) => {
                (Invariant::I3, marks.is_read(stands.state) && !was_due(stands, asked_at))
            }
            Wish::Act(Action::MarkUnread) => {
                let unread = status == Status::Unread && !marks.is_read(stands.state);
                (Invariant::Unread, unread || status == Status::Deleted)
            }
            Wish::Act(Action::Archive) => {
                (Invariant::I6, matches!(status, Status::Archived | Status::Deleted))
            }
            Wish::Act(Action::Unarchive) => (Invariant::I6, status != Status::Archived),
            Wish::Act(Action::Snooze(until)) => {
                let asleep = status == Status::Snoozed && stands.snoozed_until == Some(*until);
                (Invariant::Sleep, asleep || matches!(status, Status::Archived | Status::Deleted))
            }
            Wish::Act(Action::Delete) => (Invariant::I6, status == Status::Deleted),
        };
        self.require(done, invariant, || format!("answered, and {id} is {}", stands.state));
    }

    /// What was in the inbox is read, but for what was written as unread since: by its owner, or by a write that raced
    /// and took the safe side.
    pub(crate) fn all_answered(&mut self, all: usize, store: &Store) {
        let queried_at = self.alls[all].queried_at;
        let asked_at = self.alls[all].asked_at;
        for id in std::mem::take(&mut self.alls[all].inbox) {
            let Some(item) = store.stored(id) else { continue };
            let unread = !store.marks().is_read(item.state) || was_due(item, asked_at);
            let since = self.known.get(&id).is_some_and(|known| known.written_at >= queried_at);
            self.require(!unread || since, Invariant::I3, || {
                format!("all was marked, and {id} is {}", item.state)
            });
        }
    }

    /// What was on the screen long enough to be below every clock is seen.
    pub(crate) fn seen_answered(&mut self, seen: usize, store: &Store) {
        let (asked_at, up_to) = (self.seens[seen].asked_at, self.seens[seen].up_to);
        for id in std::mem::take(&mut self.seens[seen].shown) {
            let Some(item) = store.stored(id).filter(|item| item.state.status == Status::Unread) else {
                continue;
            };
            let old = self.known.get(&id).is_some_and(|known| known.written_at <= asked_at - 2 * SKEW);
            let unseen = store.marks().seen < Some(item.state.changed.min(up_to));
            self.require(!old || !unseen, Invariant::Seen, || {
                format!("{id} was seen, and is {}", item.state)
            });
        }
    }

    /// Somebody asked for a list, and has it now.
    pub(crate) fn listed(&mut self, now: i64, asked_at: i64, items: &[Notification]) {
        for item in items {
            let Some(known) = self.known.get(&item.id) else { continue };
            let expired = known.is_expired(now);
            // Committed before it was asked for, however late.
            let stood = item.state.changed.timestamp().as_millis() + LATEST_COMMIT + SKEW < asked_at;
            let overslept = was_due(item, asked_at) && stood && known.is_kept(now);
            self.require(!overslept, Invariant::Sleep, || format!("{} is due and listed as asleep", item.id));
            self.require(!expired, Invariant::Kept, || format!("{} is expired and listed", item.id));
        }
    }

    /// Which items are read.
    pub(crate) fn readings(store: &Store) -> Vec<NotificationId> {
        let read = store.items().filter(|item| store.marks().is_read(item.state));
        read.map(|item| item.id).collect()
    }

    /// The TTL has come by.
    pub(crate) fn expired(&mut self, now: i64, read: &[NotificationId], store: &Store) {
        for id in read {
            let Some(item) = store.stored(*id) else { continue };
            let kept = self.known.get(id).is_some_and(|known| known.is_kept(now));
            let unread = !store.marks().is_read(item.state);
            self.require(!(kept && unread), Invariant::Kept, || format!("the mark that read {id} is gone"));
        }
    }
}
