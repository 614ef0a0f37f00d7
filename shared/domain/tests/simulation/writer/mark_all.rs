//! Marking everything read, once the watermark has moved (rule 4).

use belfry_domain::{Action, ChangeId, NotificationId, State, Status, Watermarks};

use super::{
    super::{
        rules::Guard,
        world::World,
        write::{Cause, Set, Write},
    },
    Job, Task, Then, replacing, update,
};

/// "Mark all read" after its first write.
pub(crate) struct All {
    pub(super) request: usize,
    /// Where the watermark went.
    pub(super) mark: ChangeId,
    pub(super) before: Watermarks,
    pub(super) woke: bool,
}

impl World {
    pub(super) fn gather_soon(&mut self, writer: usize, all: Box<All>) {
        self.look_soon(Task::new(writer, Job::Gather(all)));
    }

    /// Wakes what is due, then asks what is unread above the mark.
    pub(super) fn gather(&mut self, writer: usize, mut all: Box<All>) {
        if !all.woke && self.rules.has(Guard::AllWakesFirst) {
            all.woke = true;
            let before = all.before.clone();
            return self.wake_due(writer, &before, Then::All(all));
        }
        let now = self.clock(writer);
        self.truth.all_queried(self.now, all.request, &self.store);
        let mut left = Vec::new();
        if self.rules.has(Guard::Sweep) {
            let unread = self.store.by_letter(Status::Unread, all.before.read, now);
            let newer = unread.filter(|item| item.state.changed > all.mark);
            left.extend(newer.map(|item| (item.id, item.state)));
        }
        self.sweep(writer, all.request, left);
    }

    pub(super) fn sweep(&mut self, writer: usize, all: usize, left: Vec<(NotificationId, State)>) {
        if left.is_empty() {
            self.truth.all_answered(all, &self.store);
        } else {
            self.begin(writer, Job::Sweep { all, left });
        }
    }

    pub(super) fn read_as_found(
        &self,
        writer: usize,
        all: usize,
        left: &[(NotificationId, State)],
        minted: ChangeId,
    ) -> Option<Write> {
        let (id, from) = *left.last()?;
        let to = State { status: Status::Read, changed: self.past(from, minted) };
        let now = self.clock(writer);
        let set = if self.rules.has(Guard::SweepKeepsExpiry) {
            Set::read_at(now)
        } else {
            Set::doing(Action::MarkRead, now, self.retention)
        };
        let condition = replacing(from, self.rules.has(Guard::ExactState));
        Some(update(Cause::Sweep(all), id, to, set, condition))
    }
}
