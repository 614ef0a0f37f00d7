//! The marks of an inbox, which move by one write each, only ever forward.

use belfry_domain::{ChangeId, Status, Watermarks, watermark::Move};

use super::{
    super::{
        rules::Guard,
        store::Outcome,
        world::World,
        write::{Cause, Mark, What, Write},
    },
    All, Job, Task,
};

/// A mark on its way.
#[derive(Clone, Copy)]
pub(super) struct Moving {
    to: Move,
    on_behalf: Asked,
}

/// Which request of the owner's it is.
#[derive(Clone, Copy)]
enum Asked {
    All(usize),
    Seen(usize),
}

impl World {
    pub(crate) fn mark_all(&mut self) {
        let writer = self.any_writer();
        let now = self.clock(writer);
        let lag = self.rules.has(Guard::Lag);
        let to = if lag { Watermarks::read_mark_at(now) } else { ChangeId::last_of(now) };
        let on_behalf = Asked::All(self.truth.all_asked(self.now));
        self.begin(writer, Job::Move(Moving { to: Move { to, at: now }, on_behalf }));
    }

    /// The owner has seen what a device shows, up to that change or up to the newest unread item.
    pub(crate) fn mark_seen(&mut self, device: usize, up_to: Option<ChangeId>) {
        let writer = self.any_writer();
        let now = self.clock(writer);
        let newest =
            || self.store.by_letter(Status::Unread, None, now).next_back().map(|item| item.state.changed);
        let Some(newest) = up_to.or_else(newest) else { return };
        let screen = self.devices[device].screen();
        let seen = self.truth.seen_asked(self.now, newest, screen.into_keys().collect());
        let reached =
            if self.rules.has(Guard::SeenUpToNow) { newest.timestamp().min(now) } else { newest.timestamp() };
        let to = Move { to: ChangeId::last_of(reached), at: now };
        self.begin(writer, Job::Move(Moving { to, on_behalf: Asked::Seen(seen) }));
    }

    pub(super) fn move_mark(&self, moving: &Moving) -> Write {
        let (cause, mark, guard) = match moving.on_behalf {
            Asked::All(_) => (Cause::MarkAll, Mark::Read, Guard::OnlyForward),
            Asked::Seen(_) => (Cause::Seen, Mark::Seen, Guard::SeenOnlyForward),
        };
        let only_forward = self.rules.has(guard);
        let keep_until = self.keep_marks_until(moving.to.at);
        Write { cause, what: What::Move { mark, to: moving.to, only_forward, keep_until } }
    }

    pub(super) fn moved(&mut self, writer: usize, moving: Moving, outcome: Outcome) {
        let Outcome::Marks(mut before) = outcome else { return };
        match moving.on_behalf {
            Asked::Seen(seen) => self.truth.seen_answered(seen, &self.store),
            Asked::All(all) => {
                // Found already moved so by an earlier attempt of ours: the mark before it is the one before.
                if before.read == Some(moving.to.to) {
                    before.read = before.read_history.get(1).map(|earlier| earlier.to);
                }
                let all = All { request: all, mark: moving.to.to, before: *before, woke: false };
                self.look_soon(Task::new(writer, Job::Gather(Box::new(all))));
            }
        }
    }
}
