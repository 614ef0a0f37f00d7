//! Doing something with one notification: rule 3.

use belfry_domain::{Action, ChangeId, Letter, Notification, NotificationId, State, state::Conflict};

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
#[derive(Clone, Copy)]
pub(super) struct Go {
    request: usize,
    id: NotificationId,
    action: Action,
}

impl World {
    pub(crate) fn act_on(&mut self, writer: usize, id: NotificationId, action: Action) {
        let request = self.truth.asked(self.now, id, Wish::Act(action));
        self.after_noting(Task::new(writer, Job::Go(Go { request, id, action })), action);
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
        let Go { request, id, action } = *go;
        let now = self.clock(writer);
        let condition = Condition {
            exists: self.rules.has(Guard::NoUpsert),
            newer: self.rules.has(Guard::OnlyNewer),
            letters: self.rules.has(Guard::AllowedLetter).then(|| action.allowed_from()),
            exactly: None,
            not_expired_at: self.rules.has(Guard::NotExpired).then_some(now),
        };
        let changed = match action {
            Action::Snooze(until) if !self.rules.has(Guard::SleepIsOfNow) => ChangeId::last_of(until),
            _ => changed,
        };
        let to = State { letter: action.to(), changed };
        update(Cause::Act(request, action), id, to, Set::doing(action, now, self.retention), condition)
    }

    pub(super) fn went(&mut self, task: Task, go: Go, outcome: Outcome) {
        let Go { request, id, action } = go;
        let now = self.clock(task.writer);
        let found = match outcome {
            Outcome::Refused(Some(found))
                if found.expires_at > now
                    || found.state.letter == Letter::Deleted
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
        let ours = task.tried.last().map_or(found.state.changed, |last| last.changed);
        match self.judge(action, ours, &found) {
            Conflict::Behind(next) if self.rules.has(Guard::MintPastTheItem) => {
                self.note("behind", || format!("{action:?} by {ours} after {}", found.state));
                return self.attempt_as(task, next);
            }
            verdict => self.note("settled before", || format!("{action:?} of {}: {verdict:?}", found.state)),
        }
        let below_the_mark = self.rules.has(Guard::UnreadBelowTheMark)
            && action == Action::MarkUnread
            && found.state.letter == Letter::Unread;
        let due = self.rules.has(Guard::DueCanBeRead) && action == Action::MarkRead && found.is_due(now);
        if below_the_mark || due {
            self.note(if due { "read while due" } else { "unread below the mark?" }, || id.to_string());
            return self.revise(task.writer, request, id, now);
        }
        self.truth.answered(self.now, request, Some(&found), self.store.marks());
    }

    /// A snooze that stands with another time isn't ours, though another writer behind its clock may have minted our id.
    fn judge(&self, action: Action, changed: ChangeId, found: &Notification) -> Conflict {
        match (action.conflict(changed, found.state), action) {
            (Conflict::Ours, Action::Snooze(until))
                if found.snoozed_until != Some(until) && self.rules.has(Guard::SnoozeOfOurTime) =>
            {
                Conflict::Behind(changed.successor())
            }
            (conflict, _) => conflict,
        }
    }
}
