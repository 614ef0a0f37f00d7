//! What must hold of every single write that the table has taken.

use belfry_domain::{Action, Notification, NotificationId, Status, Watermarks};

use super::{
    super::{
        store::Store,
        table::may_go,
        world::{KEPT_DAYS, READ_DAYS, SKEW},
        write::{Cause, Mark, Set, What, Write},
    },
    Invariant, Known, Truth, Wish,
};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// How far the end of a period may lie from where the model has it: a skewed clock, a late commit, a cut second.
const CUT: i64 = 10_000;

/// One update that was carried out.
struct Change<'a> {
    now: i64,
    cause: Cause,
    set: &'a Set,
    before: &'a Notification,
    after: &'a Notification,
    marks: &'a Watermarks,
}

/// Due by every clock.
pub(super) fn was_due(item: &Notification, now: i64) -> bool {
    item.state.status == Status::Snoozed
        && item.snoozed_until.is_none_or(|until| until.as_millis() < now - 2 * SKEW)
}

/// Due by one clock at least.
fn may_be_due(item: &Notification, now: i64) -> bool {
    item.state.status == Status::Snoozed
        && item.snoozed_until.is_none_or(|until| until.as_millis() <= now + SKEW)
}

impl Truth {
    pub(crate) fn committed(
        &mut self,
        now: i64,
        write: &Write,
        before: Option<&Notification>,
        marks: &Watermarks,
        store: &Store,
    ) {
        match &write.what {
            What::Put { item, .. } => self.put(now, item, before, marks),
            What::Update { id, set, .. } => {
                if let (Some(before), Some(after)) = (before, store.stored(*id)) {
                    self.updated(&Change { now, cause: write.cause, set, before, after, marks });
                } else if before.is_some() {
                    self.removed(*id);
                }
            }
            What::Move { mark: Mark::Read, .. } => {
                if store.marks().read != marks.read {
                    self.read_mark_moved_at = now;
                }
                for item in store.items() {
                    let unread = marks.is_read(item.state) && !store.marks().is_read(item.state);
                    self.require(!unread, Invariant::I3, || format!("the mark unreads {}", item.id));
                }
            }
            What::Move { mark: Mark::Seen, .. } => {
                let seen = store.marks().seen;
                self.require(seen >= marks.seen, Invariant::Seen, || {
                    format!("{seen:?} after {:?}", marks.seen)
                });
                let ahead = seen.is_some_and(|seen| seen.timestamp().as_millis() > now + SKEW);
                self.require(!ahead, Invariant::Seen, || format!("seen up to {seen:?}"));
            }
            What::Note { .. } => {}
        }
    }

    /// Without a tombstone nothing is left of a deleted item.
    fn removed(&mut self, id: NotificationId) {
        if let Some(known) = self.known.get_mut(&id) {
            known.deleted = true;
        }
    }

    fn put(&mut self, now: i64, item: &Notification, before: Option<&Notification>, marks: &Watermarks) {
        let id = item.id;
        self.require(!marks.is_read(item.state), Invariant::I2, || format!("{id} is born read"));
        if let Some(before) = before {
            let undone = before.state.status == Status::Deleted;
            self.require(!undone, Invariant::I6, || format!("{id} was deleted and put again"));
            return self.broken(Invariant::Again, || format!("{id} was {} and put again", before.state));
        }
        let deleted = self.known.get(&id).is_some_and(|known| known.deleted);
        self.require(!deleted, Invariant::I6, || format!("{id} was deleted and is back"));
        let known = Known {
            content: self.template.clone(),
            expires_at: id.timestamp().as_millis() + i64::from(KEPT_DAYS) * DAY,
            written_at: now,
            unread_at: now,
            deleted,
            created_at: now,
            accepted: false,
            put_away: false,
        };
        self.known.insert(id, known);
    }

    fn updated(&mut self, change: &Change<'_>) {
        let Change { cause, before, after, .. } = change;
        let (from, to) = (before.state.status, after.state.status);
        let told = || format!("{cause:?}: {} {} to {}", before.id, before.state, after.state);
        self.require(from != Status::Deleted || to == Status::Deleted, Invariant::I6, told);
        match *cause {
            Cause::Act(request, action) => {
                self.acted(change, request, action);
                self.require_dated(change, request);
            }
            Cause::Edit(request, marks_read_at) => self.edited(change, request, marks_read_at),
            Cause::Wake => self.woken(change),
            Cause::Sweep(all) => {
                self.require(matches!(from, Status::Unread | Status::Read), Invariant::I6, told);
                let queried_at = self.alls[all].queried_at;
                let newer = self.known.get(&before.id).is_some_and(|known| known.unread_at > queried_at);
                self.require(!newer, Invariant::Unread, told);
            }
            Cause::Restamp => {
                self.require(from == Status::Unread, Invariant::I6, told);
                self.require(!change.marks.is_read(after.state), Invariant::I2, told);
            }
            Cause::Create | Cause::MarkAll | Cause::Seen | Cause::Note => {}
        }
        self.keep(change);
    }

    fn acted(&mut self, change: &Change<'_>, request: usize, action: Action) {
        let Change { before, after, marks, .. } = *change;
        let told = || format!("{action:?}: {} {} to {}", before.id, before.state, after.state);
        let allowed = match action {
            Action::MarkUnread if before.state.status == Status::Unread => marks.is_read(before.state),
            _ => may_go(before.state.status, action),
        };
        self.require(allowed, Invariant::I6, told);
        let reads = matches!(action, Action::MarkRead | Action::Archive | Action::Snooze(_) | Action::Delete);
        let read = !marks.is_read(before.state) && marks.is_read(after.state);
        self.require(reads || !read, Invariant::I2, told);
        self.require_in_time(change, request, Invariant::I6);
        if action == Action::MarkUnread {
            self.require(!marks.is_read(after.state), Invariant::Unread, told);
        }
        self.require_unexpired(change);
    }

    /// The safe side is accepted: an item that was marked while the edit was on its way may stay unread.
    fn edited(&mut self, change: &Change<'_>, request: usize, marks_read_at: i64) {
        let Change { before, after, marks, .. } = change;
        let told = || format!("edit: {} {} to {}", before.id, before.state, after.state);
        let (was_read, is_read) = (marks.is_read(before.state), marks.is_read(after.state));
        let raced = was_read && self.read_mark_moved_at >= marks_read_at;
        self.require(was_read == is_read || raced, Invariant::Edit, told);
        let (from, to) = (before.state.status, after.state.status);
        let read_by_mark = from == Status::Unread && to == Status::Read && was_read;
        self.require(from == to || read_by_mark, Invariant::I6, told);
        self.require(before.snoozed_until == after.snoozed_until, Invariant::Edit, told);
        self.require_in_time(change, request, Invariant::Edit);
        self.require_unexpired(change);
    }

    fn woken(&mut self, change: &Change<'_>) {
        let Change { now, before, after, marks, .. } = change;
        let told = || format!("waking: {} {} to {}", before.id, before.state, after.state);
        self.require(before.state.status == Status::Snoozed, Invariant::I6, told);
        let early = before.state.status == Status::Snoozed && !may_be_due(before, *now);
        self.require(!early, Invariant::Sleep, || format!("early at {now}: {}", told()));
        self.require(!marks.is_read(after.state), Invariant::Sleep, told);
    }

    /// Once there was an answer, no late attempt of the same request undoes what was done since.
    fn require_in_time(&mut self, change: &Change<'_>, request: usize, invariant: Invariant) {
        let answered_at = self.requests[request].answered_at;
        let written_at = self.known.get(&change.before.id).map(|known| known.written_at);
        let late = answered_at.is_some() && answered_at < written_at;
        self.require(!late, invariant, || {
            format!("after its answer: {:?} of {}", change.cause, change.before.id)
        });
    }

    /// Unless it was read while this was under way.
    fn require_dated(&mut self, change: &Change<'_>, request: usize) {
        let Change { before, after, marks, cause, .. } = change;
        let (from, to) = (before.view(marks), after.view(marks));
        let raced = self.read_mark_moved_at >= self.requests[request].asked_at;
        let stays = !from.is_read || !to.is_read || after.state.status == Status::Deleted;
        self.require(stays || raced || from.read_at == to.read_at, Invariant::Dated, || {
            format!("{cause:?}: {} was read at {:?} and is at {:?}", before.id, from.read_at, to.read_at)
        });
    }

    fn require_unexpired(&mut self, change: &Change<'_>) {
        let expired = self.known.get(&change.before.id).is_some_and(|known| known.is_expired(change.now));
        self.require(!expired, Invariant::Kept, || {
            format!("{:?}: {} was expired", change.cause, change.before.id)
        });
    }

    /// What the model knows of the item from now on, and whether the table knows the same.
    fn keep(&mut self, change: &Change<'_>) {
        let Change { now, cause, set, before, after, .. } = change;
        let Some(known) = self.known.get_mut(&before.id) else { return };
        let period = |days: u16| now + i64::from(days) * DAY;
        known.expires_at = match cause {
            Cause::Act(_, Action::MarkRead | Action::Unarchive) => period(READ_DAYS),
            Cause::Act(_, Action::Snooze(until)) => until.as_millis() + i64::from(KEPT_DAYS) * DAY,
            Cause::Act(_, Action::MarkUnread | Action::Archive | Action::Delete) | Cause::Wake => {
                period(KEPT_DAYS)
            }
            _ => known.expires_at,
        };
        if let (Cause::Act(request, _) | Cause::Edit(request, _), Some(_)) = (cause, set.content())
            && let Wish::Edit(_, said) = &self.requests[*request].wish
        {
            let (title, message) = (&said.title, &said.message);
            known.content.title = title.as_ref().unwrap_or(&known.content.title).clone();
            known.content.message = message.as_ref().unwrap_or(&known.content.message).clone();
        }
        known.written_at = *now;
        known.deleted |= after.state.status == Status::Deleted;
        known.put_away |= !matches!(after.state.status, Status::Unread | Status::Read);
        if after.state.status == Status::Unread {
            known.unread_at = *now;
        }
        let on_time = (after.expires_at.as_millis() - known.expires_at).abs() <= CUT;
        let said = known.content == after.content;
        self.require(on_time, Invariant::Kept, || {
            format!("{cause:?}: {} expires {}", after.id, after.expires_at)
        });
        self.require(said, Invariant::Edit, || {
            format!("{cause:?}: {} says {:?}", after.id, after.content.title)
        });
    }
}
