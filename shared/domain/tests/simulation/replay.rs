//! Reading what changed since a cursor: rules 12 and 15, for a client that lives by that alone.

use std::collections::BTreeMap;

use belfry_domain::{
    ChangeId, Letter, Notification, NotificationId, State, Timestamp, Watermarks, frame::ServerFrame,
};

use super::{
    device::{Frame, Memory, Shown},
    rules::Guard,
    world::{Event, World},
    writer::Then,
};

/// How far before the cursor a replay starts.
const OVERLAP: i64 = 60_000;

/// A client without pushes.
#[derive(Default)]
pub(crate) struct Follower {
    memory: Memory,
    cursor: Option<Timestamp>,
    /// How many replays have begun; only the last one counts.
    begun: usize,
}

impl Follower {
    pub(crate) fn screen(&self) -> BTreeMap<NotificationId, Shown> {
        self.memory.screen()
    }
}

/// A replay on its way: first the index tells what changed, letter by letter in any order; then the items are read.
pub(crate) struct Replay {
    number: usize,
    writer: usize,
    began: Timestamp,
    since: Option<Timestamp>,
    left: Vec<Letter>,
    listed: Vec<(NotificationId, State)>,
    found: Option<Vec<Notification>>,
    marks: Option<Watermarks>,
    /// Whether what was due has been woken, and all is read for the second time.
    woke: bool,
}

impl Replay {
    fn new(number: usize, writer: usize, began: Timestamp, since: Option<Timestamp>) -> Self {
        let left = Letter::ALL.to_vec();
        Self { number, writer, began, since, left, listed: Vec::new(), found: None, marks: None, woke: false }
    }
}

impl World {
    pub(crate) fn follow(&mut self) {
        let writer = self.any_writer();
        let began = self.clock(writer);
        let resumable_from = self.retention.resumable_from(began);
        let usable = |cursor: &Timestamp| *cursor >= resumable_from || !self.rules.has(Guard::SyncStartsOver);
        let since = self.follower.cursor.filter(usable);
        self.follower.begun += 1;
        let number = self.follower.begun;
        self.replay_from(Replay::new(number, writer, began, since));
    }

    /// Reads one more part of a replay, or takes it in when it is whole.
    pub(crate) fn replay(&mut self, mut replay: Box<Replay>) {
        if replay.number != self.follower.begun {
            return;
        }
        let now = self.clock(replay.writer);
        if replay.marks.is_none() && self.rng.chance(20) {
            replay.marks = Some(self.store.marks().clone());
        } else if !replay.left.is_empty() {
            let part = self.rng.index(replay.left.len());
            let letter = replay.left.swap_remove(part);
            let overlap = if self.rules.has(Guard::SyncOverlaps) { OVERLAP } else { 0 };
            let from = replay.since.map(|since| ChangeId::last_of(since.plus_millis(-overlap)));
            let found = self.store.by_letter(letter, from, now);
            replay.listed.extend(found.map(|item| (item.id, item.state)));
        } else if replay.found.is_none() {
            let there = replay.listed.iter().filter_map(|(id, _)| self.store.get(*id, now));
            replay.found = Some(there.cloned().collect());
        } else if replay.woke && replay.marks.is_some() {
            return self.take_in(&replay);
        } else if let Some(marks) = replay.marks.clone() {
            return self.wake_due(replay.writer, &marks, Then::Replay(replay));
        }
        let pause = if self.rng.chance(20) { self.rng.between(0, 2_000) } else { self.rng.between(0, 30) };
        self.after(pause, Event::Replay(replay));
    }

    /// What was due has been woken: that is a change, too.
    pub(crate) fn replay_anew(&mut self, replay: &Replay) {
        let Replay { number, writer, began, since, .. } = *replay;
        self.replay_from(Replay { woke: true, ..Replay::new(number, writer, began, since) });
    }

    fn replay_from(&mut self, replay: Replay) {
        self.after(0, Event::Replay(Box::new(replay)));
    }

    pub(crate) fn take_in(&mut self, replay: &Replay) {
        let Some(marks) = replay.marks.as_ref().filter(|_| replay.number == self.follower.begun) else {
            return;
        };
        if replay.since.is_none() {
            self.follower.memory = Memory::default();
        }
        let memory = &mut self.follower.memory;
        for (id, state) in replay.listed.iter().filter(|(_, state)| state.letter == Letter::Deleted) {
            let deleted = ServerFrame::deleted(*id, *state, None);
            if let Some(frame) = Frame::read(&deleted) {
                memory.receive(&frame, self.rules);
            }
        }
        let views: Vec<_> = replay.found.iter().flatten().map(|item| item.view(marks)).collect();
        memory.list(&views, marks, self.rules);
        self.note("replay", || format!("since {:?}: {} changes", replay.since, replay.listed.len()));
        self.follower.cursor = Some(replay.began);
    }
}
