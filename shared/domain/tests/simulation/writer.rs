//! The writers: function instances with clocks that are off, whose requests are late, lost or answered to nobody.

mod create;
mod mark_all;
mod marks;
mod revise;
mod transition;
mod wake;

use belfry_domain::{Action, ChangeId, NotificationId, State, Status, Timestamp};

pub(crate) use self::wake::Then;
use self::{create::Create, mark_all::All, marks::Moving, revise::Revise, transition::Go};
use super::{
    rules::Guard,
    store::Outcome,
    world::{Event, World},
    write::{Cause, Condition, Set, What, Write},
};

/// How long an attempt may take before the writer gives up on it.
const TIMEOUT: i64 = 3_000;
/// A write may reach the table even after its writer has given up on it.
pub(crate) const LATEST_COMMIT: i64 = 4_000;
const ATTEMPTS: usize = 5;

/// A request, as far as it has come.
pub(crate) struct Task {
    writer: usize,
    job: Job,
    attempts: usize,
    /// The states it tried to write.
    tried: Vec<State>,
}

enum Job {
    Create(Create),
    Restamp {
        id: NotificationId,
        own: State,
    },
    /// The note that something is about to sleep, before the task that puts it to sleep.
    Note(Box<Task>),
    Go(Box<Go>),
    Revise(Box<Revise>),
    Move(Moving),
    Gather(Box<All>),
    Sweep {
        all: usize,
        left: Vec<(NotificationId, State)>,
    },
    Wake {
        due: Vec<(NotificationId, State)>,
        then: Then,
    },
}

impl Task {
    fn new(writer: usize, job: Job) -> Self {
        Self { writer, job, attempts: 0, tried: Vec::new() }
    }
}

impl World {
    fn begin(&mut self, writer: usize, job: Job) {
        self.attempt(Task::new(writer, job));
    }

    pub(crate) fn attempt(&mut self, task: Task) {
        match &task.job {
            Job::Revise(_) => return self.read_again(task),
            Job::Go(go) if task.attempts > 0 && self.rules.has(Guard::BlindOnlyOnce) => {
                let lost = task.tried.last().map(|state| state.changed);
                return self.go_seeing(task.writer, go, lost);
            }
            _ => {}
        }
        let changed = self.mint_for(&task);
        self.attempt_as(task, changed);
    }

    fn mint_for(&mut self, task: &Task) -> ChangeId {
        match (&task.job, task.tried.first()) {
            (Job::Create(Create { id, .. }), _) if !self.rules.has(Guard::ChangeIdOfItsOwn) => {
                create::born_with(*id)
            }
            (_, Some(first)) if !self.rules.has(Guard::FreshIdPerAttempt) => first.changed,
            _ => self.mint(task.writer),
        }
    }

    /// A change id for a write on condition of the state that was found, which may be ahead of the writer's clock.
    fn past(&self, found: State, minted: ChangeId) -> ChangeId {
        if self.rules.has(Guard::PastWhatWasFound) { minted.max(found.changed.successor()) } else { minted }
    }

    fn attempt_as(&mut self, mut task: Task, changed: ChangeId) {
        if task.attempts == ATTEMPTS {
            self.note("gave up", String::new);
            return self.failed(task);
        }
        task.attempts += 1;
        let Some(write) = self.write_of(&task, changed) else { return };
        match &write.what {
            What::Put { item, .. } => task.tried.push(item.state),
            What::Update { to, .. } => task.tried.push(*to),
            What::Move { .. } | What::Note { .. } => {}
        }
        self.send(task, write);
    }

    fn write_of(&self, task: &Task, changed: ChangeId) -> Option<Write> {
        match &task.job {
            Job::Create(create) => Some(self.put(create, changed)),
            Job::Restamp { id, own } => Some(self.restamp(*id, *own, changed)),
            Job::Note(_) => Some(self.note_snoozing(task.writer)),
            Job::Go(go) => Some(self.go(task.writer, go, changed)),
            Job::Revise(revise) => self.write_revision(task.writer, revise, changed),
            Job::Move(moving) => Some(self.move_mark(moving)),
            Job::Sweep { all, left } => self.read_as_found(task.writer, *all, left, changed),
            Job::Wake { due, .. } => self.wake(task.writer, due, changed),
            Job::Gather(_) => None,
        }
    }

    /// Decides what becomes of an attempt: it is answered in time, or committed with nobody told, or lost.
    fn send(&mut self, mut task: Task, write: Write) {
        let late = self.rng.chance(self.weather.slow);
        let there = if late { self.rng.between(80, LATEST_COMMIT) } else { self.rng.between(2, 80) };
        let unlucky = self.rng.chance(self.weather.lost);
        if !unlucky && there < TIMEOUT {
            return self.after(there, Event::Arrive(Box::new(write), Some(task)));
        }
        if self.rng.chance(50) {
            self.after(there, Event::Arrive(Box::new(write), None));
        }
        let mut pause = self.rng.between(0, 200);
        match &mut task.job {
            // The item is committed, so nobody insists.
            Job::Restamp { .. } => return,
            Job::Create(create) if create.in_batch => {
                create.in_batch = false;
                if self.rules.has(Guard::BatchIsWaitedOut) {
                    pause += LATEST_COMMIT - TIMEOUT;
                }
            }
            _ => {}
        }
        self.after(TIMEOUT + pause, Event::Attempt(task));
    }

    pub(crate) fn arrive(&mut self, write: &Write, task: Option<Task>) {
        let before = match &write.what {
            What::Put { item, .. } => self.store.stored(item.id).cloned(),
            What::Update { id, .. } => self.store.stored(*id).cloned(),
            What::Move { .. } | What::Note { .. } => None,
        };
        let marks = self.store.marks().clone();
        let outcome = self.store.apply(&write.what);
        if let Outcome::Refused(_) = outcome {
            self.note("refused", || write.to_string());
        } else {
            self.truth.committed(self.now, write, before.as_ref(), &marks, &self.store);
            self.note(write.cause.done(), || write.to_string());
            if task.is_none() {
                self.note("unanswered", || write.to_string());
            }
            self.wake_fanout();
        }
        if let Some(task) = task {
            let back = self.rng.between(1, 30);
            self.after(back, Event::Answer(task, outcome));
        }
    }

    pub(crate) fn answer(&mut self, task: Task, outcome: Outcome) {
        if self.rng.chance(self.weather.crash) {
            self.note("crashed", String::new);
            return self.failed(task);
        }
        let writer = task.writer;
        match task.job {
            Job::Create(create) => self.create_answered(writer, create, &task.tried, outcome),
            Job::Note(then) => self.noted(*then),
            Job::Go(_) => self.went(&task, outcome),
            Job::Revise(_) => self.revised(task, outcome),
            Job::Move(moving) => self.moved(writer, moving, outcome),
            // Done or refused: an item that is no longer as it was seen is not what the owner meant by "all".
            Job::Sweep { all, mut left } => {
                left.pop();
                self.sweep(writer, all, left);
            }
            // Done or refused: whoever was faster has woken it, or snoozed it again.
            Job::Wake { mut due, then } => {
                due.pop();
                self.wake_all(writer, due, then);
            }
            Job::Restamp { .. } | Job::Gather(_) => {}
        }
    }

    /// A read reaches the table.
    pub(crate) fn look(&mut self, task: Task) {
        match task.job {
            Job::Revise(_) => self.read_part(task),
            Job::Gather(all) => self.gather(task.writer, all),
            _ => {}
        }
    }

    fn look_soon(&mut self, task: Task) {
        let slow = self.rng.chance(self.weather.slow);
        let there = if slow { self.rng.between(30, 2_000) } else { self.rng.between(1, 30) };
        self.after(there, Event::Look(task));
    }

    /// Nobody is told of a task that ends halfway; a device whose list it was reads the list anew.
    fn failed(&mut self, task: Task) {
        if let Job::Wake { then: Then::List(page), .. } = task.job {
            self.list_failed(&page);
        }
    }

    fn keep_marks_until(&self, now: Timestamp) -> Timestamp {
        if self.rules.has(Guard::MarksOutlive) {
            self.retention.of_marks(now)
        } else {
            self.retention.after(Action::MarkUnread, now)
        }
    }
}

/// An update on condition of the exact state that was read.
fn replacing(from: State, checked: bool) -> Condition {
    Condition { exists: true, exactly: checked.then_some(from), ..Condition::default() }
}

fn unread(changed: ChangeId) -> State {
    State { status: Status::Unread, changed }
}

fn update(cause: Cause, id: NotificationId, to: State, set: Set, condition: Condition) -> Write {
    Write { cause, what: What::Update { id, to, set: Box::new(set), condition } }
}
