//! Reading what changed since a cursor: rules 12 and 15, for a client that lives by that alone, or by that and pushes.

use belfry_domain::{
    ChangeId, Notification, NotificationId, State, Status, Timestamp, Watermarks, frame::Change,
};
use serde_json::Value;

use super::{
    device::Device,
    news::Frame,
    rules::Guard,
    world::{Event, FOLLOWER, World},
    writer::Then,
};

/// How far before the cursor a replay starts.
const OVERLAP: i64 = 60_000;

/// How far the client has come that resumes.
#[derive(Default)]
pub(crate) struct Follower {
    cursor: Option<Timestamp>,
    /// How many replays have begun; only the last one counts.
    pub(crate) begun: usize,
    /// The last one that came as a whole.
    pub(crate) taken: usize,
}

/// A replay on its way: first the index tells what changed, status by status in any order; then the items are read.
pub(crate) struct Replay {
    number: usize,
    writer: usize,
    began: Timestamp,
    since: Option<Timestamp>,
    left: Vec<Status>,
    listed: Vec<(NotificationId, State)>,
    found: Option<Vec<Notification>>,
    marks: Option<Watermarks>,
    /// Whether what was due has been woken, and all is read for the second time.
    woke: bool,
}

impl Replay {
    fn new(number: usize, writer: usize, began: Timestamp, since: Option<Timestamp>) -> Self {
        let left = Status::ALL.to_vec();
        Self { number, writer, began, since, left, listed: Vec::new(), found: None, marks: None, woke: false }
    }

    /// In the order in which they happened.
    fn changes(&self) -> Vec<Change> {
        let deleted = self.listed.iter().filter(|(_, state)| state.status == Status::Deleted);
        let deleted = deleted.map(|(id, state)| Change::Deleted(*id, *state));
        let standing = self.found.iter().flatten();
        let standing = standing.map(|item| Change::Notification(Box::new(item.clone())));
        let mut changes: Vec<_> = deleted.chain(standing).collect();
        changes.sort_by_key(Change::changed);
        changes
    }
}

impl World {
    /// The follower opens a line, which is registered before anything is read.
    pub(crate) fn open_follower(&mut self) {
        let now = self.now;
        self.give(FOLLOWER, |it| it.open(now, true));
        self.write_down(FOLLOWER, "opens", "true");
        self.follow();
    }

    /// The follower says hello, if it has a line to say it over; without pushes it always has.
    pub(crate) fn follow(&mut self) {
        if self.manner.hears && !self.devices[FOLLOWER].connected {
            return;
        }
        let writer = self.any_writer();
        let began = self.clock(writer);
        let resumable_from = self.retention.resumable_from(began);
        let usable = |cursor: &Timestamp| *cursor >= resumable_from || !self.rules.has(Guard::SyncStartsOver);
        let since = self.follower.cursor.filter(usable);
        self.follower.begun += 1;
        let number = self.follower.begun;
        self.devices[FOLLOWER].missed = false;
        if !self.manner.hears {
            self.write_down(FOLLOWER, "opens", "true");
        }
        self.says_hello(FOLLOWER);
        if since.is_none() {
            self.give(FOLLOWER, Device::ask);
            self.hears_to_load(FOLLOWER, began);
        }
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
            let status = replay.left.swap_remove(part);
            let overlap = if self.rules.has(Guard::SyncOverlaps) { OVERLAP } else { 0 };
            let from = replay.since.map(|since| ChangeId::last_of(since.plus_millis(-overlap)));
            let found = self.store.by_letter(status, from, now);
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
        self.note("replay", || format!("since {:?}: {} changes", replay.since, replay.listed.len()));
        if replay.since.is_none() {
            self.show_list(FOLLOWER, replay.found.as_deref().unwrap_or_default(), marks);
        } else if !self.take_changes(replay, marks) {
            return;
        }
        self.follower.taken = replay.number;
        self.follower.cursor = Some(replay.began);
        self.fetch_strangers(FOLLOWER);
    }

    /// Whether all of them came: an answer in parts may break off, and what came of it stays.
    fn take_changes(&mut self, replay: &Replay, marks: &Watermarks) -> bool {
        let changes = replay.changes();
        let mut parts = self.parts(&changes, marks, replay.began);
        let all = parts.len() < 2 || !self.rng.chance(self.weather.cut);
        if !all {
            parts.truncate(1 + self.rng.index(parts.len() - 1));
        }
        let came = if all { changes.len() } else { parts.iter().map(|part| changes_in(part)).sum() };
        let frames: Vec<_> = changes[..came].iter().filter_map(|change| Frame::of(change, marks)).collect();
        self.give(FOLLOWER, |it| it.take(&frames, marks.read));
        self.hears_parts(FOLLOWER, &parts, marks, replay.began, all);
        if !all {
            self.note("broken off", || format!("after {came} of {} changes", changes.len()));
            self.close(FOLLOWER);
        }
        all
    }
}

fn changes_in(part: &str) -> usize {
    let part: Value = serde_json::from_str(part).unwrap();
    part["changes"].as_array().map_or(0, Vec::len)
}
