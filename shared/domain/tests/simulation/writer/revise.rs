//! Changing a notification by what it is: read, decide, write on condition that it still is so (rule 5).

use belfry_domain::{
    Action, ChangeId, Notification, NotificationId, State, Status, Watermarks, edit::Revision,
};

use super::{
    super::{
        rules::Guard,
        store::Outcome,
        truth::Wish,
        world::World,
        write::{Cause, Set, Write},
    },
    Job, Task, Then, replacing, update,
};

/// What was asked for, and what has been read to decide about it: the item and the marks, beside each other.
#[derive(Default)]
pub(super) struct Revise {
    target: Option<(usize, NotificationId)>,
    /// The change of an attempt that may still come.
    lost: Option<ChangeId>,
    /// The item as it was read, if it is there.
    found: Option<Notification>,
    looked: bool,
    /// The marks, and when they were read.
    marks: Option<(Watermarks, i64)>,
    decided: Option<Revision>,
}

impl World {
    pub(crate) fn edit(&mut self, writer: usize, id: NotificationId, wish: Wish) {
        let request = self.truth.asked(self.now, id, wish);
        self.revise(writer, request, id, None);
    }

    pub(super) fn revise(
        &mut self,
        writer: usize,
        request: usize,
        id: NotificationId,
        lost: Option<ChangeId>,
    ) {
        let revise = Revise { target: Some((request, id)), lost, ..Revise::default() };
        self.begin(writer, Job::Revise(Box::new(revise)));
    }

    pub(super) fn read_again(&mut self, mut task: Task) {
        if let Job::Revise(revise) = &mut task.job {
            **revise = Revise { target: revise.target, lost: revise.lost, ..Revise::default() };
            self.look_soon(task);
        }
    }

    /// Reads the item or the marks, whichever comes first.
    pub(super) fn read_part(&mut self, mut task: Task) {
        let Job::Revise(revise) = &mut task.job else { return };
        let Some((_, id)) = revise.target else { return };
        let marks_first = self.rng.chance(50);
        if revise.marks.is_none() && (marks_first || revise.looked) {
            revise.marks = Some((self.store.marks().clone(), self.now));
        } else {
            revise.found = self.store.get(id, self.clock(task.writer)).cloned();
            revise.looked = true;
        }
        if revise.marks.is_some() && revise.looked { self.decide(task) } else { self.look_soon(task) }
    }

    fn decide(&mut self, mut task: Task) {
        let now = self.clock(task.writer);
        let Job::Revise(revise) = &mut task.job else { return };
        let (Some((request, _)), Some((marks, _))) = (revise.target, &revise.marks) else { return };
        let Some(found) = &revise.found else {
            return self.truth.answered(self.now, request, None, marks);
        };
        if found.is_due(now) && self.rules.has(Guard::ActingWakes) {
            let due = vec![(found.id, found.state)];
            return self.wake_all(task.writer, due, Then::Revise(Box::new(task)));
        }
        let decided = match self.truth.wish(request) {
            Wish::Edit(edit, _) => edit.of(found, marks, now),
            Wish::Act(action) => {
                let action = Some(*action).filter(|action| found.admits(*action, marks));
                Ok(Revision { content: None, action })
            }
        };
        let Ok(decided) = decided else {
            return self.note("edit refused", || found.id.to_string());
        };
        let may_come = revise.lost.is_some_and(|lost| found.state.changed < lost);
        if decided.content.is_none() && decided.action.is_none() && !may_come {
            return self.truth.answered(self.now, request, Some(found), marks);
        }
        if may_come {
            self.note("fenced", || found.id.to_string());
        }
        let Job::Revise(revise) = &mut task.job else { return };
        let action = decided.action;
        revise.decided = Some(decided);
        match action {
            Some(action) => self.after_noting(task, action),
            None => self.noted(task),
        }
    }

    pub(super) fn write_revision(&self, writer: usize, revise: &Revise, minted: ChangeId) -> Option<Write> {
        let Revise { target: Some((request, id)), decided: Some(decided), .. } = revise else {
            return None;
        };
        let (found, (marks, read_at)) = (revise.found.as_ref()?, revise.marks.as_ref()?);
        let now = self.clock(writer);
        let by_mark = found.read_by_mark_at(marks).filter(|_| self.rules.has(Guard::EditKeepsRead));
        let status = match decided.action {
            Some(action) => action.to(),
            None if by_mark.is_some() => Status::Read,
            None => found.state.status,
        };
        let set = match decided.action {
            Some(action) => Set::doing(action, now, self.retention),
            None => Set::default(),
        };
        let set = set.dating(by_mark);
        let changed = match decided.action {
            Some(Action::Snooze(until)) if !self.rules.has(Guard::SleepIsOfNow) => ChangeId::last_of(until),
            _ => self.past(found.state, minted).max(revise.lost.map_or(ChangeId::MIN, ChangeId::successor)),
        };
        let cause =
            decided.action.map_or(Cause::Edit(*request, *read_at), |action| Cause::Act(*request, action));
        let condition = replacing(found.state, self.rules.has(Guard::EditOfExactState));
        let set = set.saying(decided.content.clone());
        Some(update(cause, *id, State { status, changed }, set, condition))
    }

    pub(super) fn revised(&mut self, task: Task, outcome: Outcome) {
        let Job::Revise(revise) = &task.job else { return };
        let Some((request, id)) = revise.target else { return };
        match outcome {
            Outcome::Written(written) => {
                self.truth.answered(self.now, request, Some(&written), self.store.marks());
            }
            Outcome::Refused(found) if !self.rules.has(Guard::DecidesAnew) => {
                self.truth.answered(self.now, request, found.as_deref(), self.store.marks());
            }
            _ => {
                self.note("decided anew", || id.to_string());
                self.attempt(task);
            }
        }
    }
}
