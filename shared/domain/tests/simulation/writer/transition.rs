//! Doing something with one notification: rule 3.

use belfry_domain::{Action, ChangeId, NotificationId, State, Status, Watermarks};

use super::{
    super::{
        rules::Guard,
        store::Outcome,
        truth::Wish,
        world::World,
        write::{Cause, Condition, Set, What, Write},
    },
    Job, Task, update,
};

/// An attempt to write the new state over whatever is there.
pub(super) struct Go {
    request: usize,
    id: NotificationId,
    action: Action,
    /// As they were read before.
    marks: Watermarks,
}

impl Go {
    fn mark(&self) -> Option<ChangeId> {
        self.marks.read.filter(|_| self.action != Action::Delete)
    }
}

impl World {
    pub(crate) fn act_on(&mut self, writer: usize, id: NotificationId, action: Action) {
        let request = self.truth.asked(self.now, id, Wish::Act(action));
        let marks = self.store.marks().clone();
        self.after_noting(Task::new(writer, Job::Go(Box::new(Go { request, id, action, marks }))), action);
    }

    /// Goes on with the task, but for a snooze: before anything sleeps it is noted that somebody must look for what is
    /// due.
    pub(super) fn after_noting(&mut self, task: Task, action: Action) {
        if matches!(action, Action::Snooze(_)) && self.rules.has(Guard::SnoozingIsNoted) {
            self.begin(task.writer, Job::Note(Box::new(task)));
        } else {
            self.noted(task);
        }
    }

    pub(super) fn noted(&mut self, task: Task) {
        let changed = self.mint_for(&task);
        self.attempt_as(task, changed);
    }

    pub(super) fn note_snoozing(&self, writer: usize) -> Write {
        let keep_until = self.keep_marks_until(self.clock(writer));
        Write { cause: Cause::Note, what: What::Note { keep_until } }
    }

    pub(super) fn go(&self, writer: usize, go: &Go, changed: ChangeId) -> Write {
        let Go { request, id, action, .. } = *go;
        let now = self.clock(writer);
        let condition = Condition {
            exists: self.rules.has(Guard::NoUpsert),
            newer: self.rules.has(Guard::OnlyNewer),
            statuses: self.rules.has(Guard::AllowedLetter).then(|| action.allowed_from()),
            exactly: None,
            above: go.mark().filter(|_| self.rules.has(Guard::WhatTheMarkReadIsLeft)),
            not_expired_at: self.rules.has(Guard::NotExpired).then_some(now),
        };
        let changed = match action {
            Action::Snooze(until) if !self.rules.has(Guard::SleepIsOfNow) => ChangeId::last_of(until),
            _ => changed,
        };
        let to = State { status: action.to(), changed };
        update(Cause::Act(request, action), id, to, Set::doing(action, now, self.retention), condition)
    }

    /// The same on condition of the exact state that is there, after an attempt with the change `lost` that may still come.
    pub(super) fn go_seeing(&mut self, writer: usize, go: &Go, lost: Option<ChangeId>) {
        let lost = lost.filter(|_| self.rules.has(Guard::LateIsFenced));
        self.revise(writer, go.request, go.id, lost);
    }

    pub(super) fn went(&mut self, task: &Task, outcome: Outcome) {
        let Job::Go(go) = &task.job else { return };
        let Go { request, id, action, ref marks } = **go;
        let now = self.clock(task.writer);
        let found = match outcome {
            Outcome::Refused(Some(found))
                if found.expires_at > now
                    || found.state.status == Status::Deleted
                    || !self.rules.has(Guard::ExpiredIsNotFound) =>
            {
                found
            }
            Outcome::Written(written) => {
                return self.truth.answered(self.now, request, Some(&written), self.store.marks());
            }
            _ => {
                self.note("not found", || id.to_string());
                return self.truth.answered(self.now, request, None, self.store.marks());
            }
        };
        if self.rules.has(Guard::ActingWakes) && found.is_due(now) {
            self.note("woken to act", || id.to_string());
            return self.go_seeing(task.writer, go, None);
        }
        if self.rules.has(Guard::RefusedLooksAgain) && found.admits(action, marks) {
            let below = found.read_by_mark_at(marks).is_some();
            self.note(if below { "below the mark" } else { "behind" }, || {
                format!("{action:?} after {}", found.state)
            });
            return self.go_seeing(task.writer, go, None);
        }
        self.note("settled before", || format!("{action:?} of {}", found.state));
        self.truth.answered(self.now, request, Some(&found), marks);
    }
}
