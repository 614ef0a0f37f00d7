//! The writers: function instances with clocks that are off, whose requests are late, lost or answered to nobody.

use belfry_domain::{ChangeId, Letter, NotificationId, State, Watermarks, state::Conflict};

use super::{
    rules::Guard,
    store::{Condition, Outcome, Write},
    truth::MarkAll,
    world::{Event, World},
};

/// How long an attempt may take before the writer gives up on it.
const TIMEOUT: i64 = 3_000;
/// A write may reach the table even after its writer has given up on it.
const LATEST_COMMIT: i64 = 4_000;
/// A create that took longer than this to commit restamps itself.
const SLOW_CREATE: i64 = 2_000;
const ATTEMPTS: usize = 5;

/// A request, as far as it has come.
pub(crate) struct Task {
    writer: usize,
    job: Job,
    attempts: usize,
    /// The states it tried to write, each with the time of the attempt by the writer's clock.
    tried: Vec<(State, i64)>,
}

enum Job {
    Create { id: NotificationId, create: usize },
    Restamp { id: NotificationId, own: State },
    Change { id: NotificationId, to: Letter },
    MoveMark,
    Sweep { mark_all: MarkAll, left: Vec<(NotificationId, State)> },
}

impl World {
    /// Somebody sends a notification: some of now, some of an event that happened a while ago.
    pub(crate) fn send_notification(&mut self) {
        let writer = self.any_writer();
        let age = if self.rng.chance(15) { self.rng.between(0, 300_000) } else { 0 };
        let id = self.uuid(self.clock(writer).plus_millis(-age)).into();
        let create = self.truth.create_asked(id);
        self.begin(writer, Job::Create { id, create });
    }

    pub(crate) fn change(&mut self, id: NotificationId, to: Letter) {
        if to == Letter::Read {
            self.truth.read_asked(id);
        }
        let writer = self.any_writer();
        self.begin(writer, Job::Change { id, to });
    }

    pub(crate) fn mark_all(&mut self) {
        let writer = self.any_writer();
        self.begin(writer, Job::MoveMark);
    }

    fn begin(&mut self, writer: usize, job: Job) {
        self.attempt(Task { writer, job, attempts: 0, tried: Vec::new() });
    }

    pub(crate) fn attempt(&mut self, task: Task) {
        let changed = match (&task.job, task.tried.first()) {
            (Job::Create { id, .. }, _) if !self.rules.has(Guard::ChangeIdOfItsOwn) => born_with(*id),
            (_, Some((first, _))) if !self.rules.has(Guard::FreshIdPerAttempt) => first.changed,
            _ => self.mint(task.writer),
        };
        self.attempt_as(task, changed);
    }

    fn attempt_as(&mut self, mut task: Task, changed: ChangeId) {
        if task.attempts == ATTEMPTS {
            return self.note("gave up", String::new);
        }
        task.attempts += 1;
        let write = self.write_of(&task, changed);
        if let Write::Put { state, .. } | Write::Update { to: state, .. } = write {
            task.tried.push((state, self.clock(task.writer).as_millis()));
        }
        self.send(task, write);
    }

    fn write_of(&self, task: &Task, changed: ChangeId) -> Write {
        let unread = State { letter: Letter::Unread, changed };
        match &task.job {
            Job::Create { id, .. } => {
                Write::Put { id: *id, state: unread, if_free: self.rules.has(Guard::PutOnlyOnce) }
            }
            Job::Restamp { id, own } => {
                Write::Update { id: *id, to: unread, condition: self.exactly(*own, Guard::RestampOfOwnState) }
            }
            Job::Change { id, to } => {
                let condition = Condition {
                    exists: self.rules.has(Guard::NoUpsert),
                    newer: self.rules.has(Guard::OnlyNewer),
                    letter: self.rules.has(Guard::AllowedLetter),
                    exactly: None,
                };
                Write::Update { id: *id, to: State { letter: *to, changed }, condition }
            }
            Job::Sweep { left, .. } if !left.is_empty() => {
                let (id, seen) = left[left.len() - 1];
                let read = State { letter: Letter::Read, changed: changed.max(seen.changed.successor()) };
                Write::Update { id, to: read, condition: self.exactly(seen, Guard::ExactState) }
            }
            Job::MoveMark | Job::Sweep { .. } => {
                let now = self.clock(task.writer);
                let up_to = if self.rules.has(Guard::Lag) {
                    Watermarks::read_mark_at(now)
                } else {
                    ChangeId::last_of(now)
                };
                Write::Mark { up_to, only_forward: self.rules.has(Guard::OnlyForward) }
            }
        }
    }

    fn exactly(&self, state: State, guard: Guard) -> Condition {
        let exactly = self.rules.has(guard).then_some(state);
        Condition { exists: true, newer: true, letter: false, exactly }
    }

    /// Decides what becomes of an attempt: it is answered in time, or committed with nobody told, or lost.
    fn send(&mut self, task: Task, write: Write) {
        let late = self.rng.chance(self.weather.slow);
        let there = if late { self.rng.between(80, LATEST_COMMIT) } else { self.rng.between(2, 80) };
        let unlucky = self.rng.chance(self.weather.lost);
        if !unlucky && there < TIMEOUT {
            return self.after(there, Event::Arrive(write, Some(task)));
        }
        let pause = self.rng.between(0, 200);
        self.after(TIMEOUT + pause, Event::Attempt(task));
        if self.rng.chance(50) {
            self.after(there, Event::Arrive(write, None));
        }
    }

    pub(crate) fn arrive(&mut self, write: &Write, task: Option<Task>) {
        let outcome = self.store.apply(write);
        if let Outcome::Done = outcome {
            self.truth.committed(self.now, write);
            self.note(if task.is_some() { "committed" } else { "committed, unanswered" }, || {
                write.to_string()
            });
            self.wake_fanout();
        } else {
            self.note("refused", || write.to_string());
        }
        if let Some(task) = task {
            let back = self.rng.between(1, 30);
            self.after(back, Event::Answer(task, outcome));
        }
    }

    pub(crate) fn answer(&mut self, task: Task, outcome: Outcome) {
        if self.rng.chance(self.weather.crash) {
            return self.note("crashed", String::new);
        }
        match task.job {
            Job::Create { id, create } => self.create_answered(task, id, create, outcome),
            Job::Change { id, to } => self.change_answered(task, id, to, outcome),
            // Done or refused: an item that is no longer as it was seen is not what the owner meant by "all".
            Job::Sweep { mark_all, mut left } => {
                left.pop();
                self.sweep(task.writer, mark_all, left);
            }
            Job::MoveMark => {
                let pause = self.rng.between(0, 300);
                self.after(pause, Event::Query(task.writer));
            }
            Job::Restamp { .. } => {}
        }
    }

    fn create_answered(&mut self, mut task: Task, id: NotificationId, create: usize, outcome: Outcome) {
        let own = match outcome {
            Outcome::Refused(Some(_)) if !self.rules.has(Guard::OwnIdIsSuccess) => {
                let id = self.uuid(self.clock(task.writer)).into();
                self.truth.create_renamed(create, id);
                task.job = Job::Create { id, create };
                return self.attempt(task);
            }
            Outcome::Refused(Some(found)) => task.tried.iter().find(|(state, _)| *state == found),
            _ => task.tried.last(),
        };
        self.truth.create_accepted(create);
        let Some(&(own, began)) = own else { return };
        if self.clock(task.writer).as_millis() - began > SLOW_CREATE {
            self.note("restamp", || own.to_string());
            self.begin(task.writer, Job::Restamp { id, own });
        }
    }

    fn change_answered(&mut self, task: Task, id: NotificationId, to: Letter, outcome: Outcome) {
        match (outcome, task.tried.last()) {
            (Outcome::Refused(None), _) => return self.note("not found", || id.to_string()),
            (Outcome::Refused(Some(found)), Some(&(last, _))) => match last.conflict_with(found) {
                Conflict::Behind(next) if self.rules.has(Guard::MintPastTheItem) => {
                    self.note("behind", || format!("{last} after {found}"));
                    return self.attempt_as(task, next);
                }
                verdict => self.note("settled before", || format!("{last} after {found}: {verdict:?}")),
            },
            (Outcome::Done, _) | (_, None) => {}
        }
        self.truth.answered(id, to);
    }

    pub(crate) fn query(&mut self, writer: usize) {
        let mark_all = self.truth.all_asked(self.now);
        let left = if self.rules.has(Guard::Sweep) {
            self.store.unread().map(|item| (item.id, item.state)).collect()
        } else {
            Vec::new()
        };
        self.sweep(writer, mark_all, left);
    }

    fn sweep(&mut self, writer: usize, mark_all: MarkAll, left: Vec<(NotificationId, State)>) {
        if left.is_empty() {
            return self.truth.all_answered(mark_all);
        }
        self.begin(writer, Job::Sweep { mark_all, left });
    }
}

/// What rule 1 forbids: the notification id taken for the change id.
fn born_with(id: NotificationId) -> ChangeId {
    id.to_string().parse().unwrap_or_else(|_| ChangeId::last_of(id.timestamp()))
}
