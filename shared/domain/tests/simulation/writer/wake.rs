//! Waking what was snoozed (rule 7): whoever reads an inbox wakes what is due in it.

use belfry_domain::{Action, ChangeId, NotificationId, State, Status, Watermarks};

use super::{
    super::{
        reader::Page,
        replay::Replay,
        rules::Guard,
        world::World,
        write::{Cause, Set, Write},
    },
    All, Job, Task, replacing, unread, update,
};

/// What the waking was for.
pub(crate) enum Then {
    /// Marking everything read.
    All(Box<All>),
    /// Reading a list.
    List(Box<Page>),
    /// Resuming from a cursor.
    Replay(Box<Replay>),
    /// Acting on one that is due.
    Revise(Box<Task>),
    /// Counting.
    Nothing,
}

impl World {
    /// Makes news again of what is past its time, as these marks tell where to look for it.
    pub(crate) fn wake_due(&mut self, writer: usize, marks: &Watermarks, then: Then) {
        let mut due = Vec::new();
        if marks.has_snoozed && self.rules.has(Guard::ReadersWake) {
            let now = self.clock(writer);
            let asleep = self.store.by_letter(Status::Snoozed, None, now);
            due.extend(asleep.filter(|item| item.is_due(now)).map(|item| (item.id, item.state)));
        }
        // Where nothing is due, somebody else may have been waking it while this was read.
        let is_right = !marks.has_snoozed || due.is_empty() && !self.rules.has(Guard::LooksAgain);
        match then {
            Then::List(page) if is_right => self.list_soon(page),
            Then::Replay(replay) if is_right => self.take_in(&replay),
            then => self.wake_all(writer, due, then),
        }
    }

    pub(super) fn wake_all(&mut self, writer: usize, due: Vec<(NotificationId, State)>, then: Then) {
        if due.is_empty() {
            self.go_on(writer, then);
        } else {
            self.begin(writer, Job::Wake { due, then });
        }
    }

    fn go_on(&mut self, writer: usize, then: Then) {
        match then {
            Then::All(all) => self.gather_soon(writer, all),
            Then::List(page) => self.list_anew(page),
            Then::Replay(replay) => self.replay_anew(&replay),
            Then::Revise(task) => self.attempt(*task),
            Then::Nothing => {}
        }
    }

    pub(super) fn wake(
        &self,
        writer: usize,
        due: &[(NotificationId, State)],
        minted: ChangeId,
    ) -> Option<Write> {
        let (id, from) = *due.last()?;
        let of_now = self.rules.has(Guard::WakeIsOfNow);
        let changed = if of_now { self.past(from, minted) } else { from.changed.successor() };
        let set = Set::doing(Action::MarkUnread, self.clock(writer), self.retention);
        let condition = replacing(from, self.rules.has(Guard::WakeOfExactState));
        Some(update(Cause::Wake, id, unread(changed), set, condition))
    }
}
