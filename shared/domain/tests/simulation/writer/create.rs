//! Putting a new notification into the inbox, by a name of its own or by one that its sender asks for again.

use belfry_domain::{ChangeId, NotificationId, State};

use super::{
    super::{
        rules::Guard,
        store::Outcome,
        world::{Event, World},
        write::{Cause, Set, What, Write},
    },
    Job, TIMEOUT, Task, replacing, unread, update,
};
use crate::owner::{Act, Deed};

/// A create that took longer than this to commit restamps itself.
const SLOW_CREATE: i64 = 2_000;

/// As old as an event may be here when it is told of.
const YESTERDAY: i64 = 24 * 60 * 60 * 1000;

#[derive(Clone, Copy)]
pub(super) struct Create {
    pub(super) id: NotificationId,
    request: usize,
    /// A batch is written without a condition; once its answer is lost, each of it is created by itself.
    pub(super) in_batch: bool,
}

impl World {
    /// Somebody sends a notification: some of now, some of an event that happened a while ago.
    pub(crate) fn send_notification(&mut self) {
        let writer = self.any_writer();
        let age = match self.rng.index(20) {
            0..3 => self.rng.between(0, 300_000),
            3 => self.rng.between(0, YESTERDAY),
            _ => 0,
        };
        let id = self.uuid(self.clock(writer).plus_millis(-age)).into();
        let request = self.truth.create_asked(id);
        let in_batch = self.rng.chance(25);
        self.begin(writer, Job::Create(Create { id, request, in_batch }));
        // The owner is quick: it is hardly there.
        if self.rng.chance(if in_batch { 60 } else { 15 }) {
            let deed = self.any_rival(Deed::Delete);
            let pause = self.rng.between(if in_batch { TIMEOUT } else { 10 }, 4_500);
            self.after(pause, Event::Act(Act::DoTo(id, deed)));
        }
        // A sender who names the notification asks again, whether or not there was an answer.
        if !in_batch && self.rng.chance(30) {
            for _ in 0..self.rng.between(1, 2) {
                let pause = if self.rng.chance(50) { 6_000 } else { 40_000 };
                let pause = self.rng.between(100, pause);
                self.after(pause, Event::Act(Act::SendAgain(id, request)));
            }
        }
    }

    pub(crate) fn send_again(&mut self, id: NotificationId, request: usize) {
        self.note("asked again", || id.to_string());
        let writer = self.any_writer();
        self.begin(writer, Job::Create(Create { id, request, in_batch: false }));
    }

    pub(super) fn put(&self, create: &Create, changed: ChangeId) -> Write {
        let item = Box::new(self.store.draft(
            create.id,
            changed,
            self.retention.of_new(create.id, create.id.timestamp()),
        ));
        let if_free = self.rules.has(Guard::PutOnlyOnce) && !create.in_batch;
        Write { cause: Cause::Create, what: What::Put { item, if_free } }
    }

    pub(super) fn restamp(&self, id: NotificationId, own: State, changed: ChangeId) -> Write {
        let condition = replacing(own, self.rules.has(Guard::RestampOfOwnState));
        update(Cause::Restamp, id, unread(changed), Set::default(), condition)
    }

    pub(super) fn create_answered(
        &mut self,
        writer: usize,
        create: Create,
        tried: &[State],
        outcome: Outcome,
    ) {
        let own = match outcome {
            Outcome::Refused(_) if !self.rules.has(Guard::OwnIdIsSuccess) => {
                let id = self.uuid(self.clock(writer)).into();
                self.truth.create_renamed(create.request, id);
                return self.attempt(Task::new(writer, Job::Create(Create { id, ..create })));
            }
            Outcome::Refused(found) => {
                self.note("created before", || create.id.to_string());
                found.map(|found| found.state).filter(|found| tried.contains(found))
            }
            _ => tried.last().copied(),
        };
        self.truth.create_accepted(create.request);
        let Some(own) = own else { return };
        if self.clock(writer).as_millis() - own.changed.timestamp().as_millis() > SLOW_CREATE {
            self.note("restamp", || own.to_string());
            self.begin(writer, Job::Restamp { id: create.id, own });
        }
    }
}

/// What rule 1 forbids: the notification id taken for the change id.
pub(super) fn born_with(id: NotificationId) -> ChangeId {
    id.to_string().parse().unwrap_or_else(|_| ChangeId::last_of(id.timestamp()))
}
