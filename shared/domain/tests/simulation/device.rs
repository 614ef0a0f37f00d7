//! What a device shows: the merge of frames and lists that rules 4 and 11 ask for, and the model for the page's own.

use std::collections::{BTreeMap, BTreeSet};

use belfry_domain::{ChangeId, NotificationId};

use super::{
    news::{Frame, Place, Shown, Told, Words},
    rules::{Guard, Rules},
};

#[derive(Clone)]
struct Entry {
    told: Told,
    /// The content, once it has come, and the change that it is from. Until then there is nothing to show.
    words: Option<(ChangeId, Words)>,
}

/// Everything a device knows.
#[derive(Clone, Default)]
struct Memory {
    entries: BTreeMap<NotificationId, Entry>,
    mark: Option<ChangeId>,
}

impl Memory {
    fn receive(&mut self, frame: &Frame, rules: Rules) {
        match frame {
            Frame::Ring(id, told, words) | Frame::Whole(id, told, words) => {
                self.merge(*id, *told, Some(words), rules);
            }
            Frame::State(id, told) => {
                if rules.has(Guard::ClientKeepsStrangers) || self.entries.contains_key(id) {
                    self.merge(*id, *told, None, rules);
                }
            }
            Frame::ReadAll(up_to) if rules.has(Guard::ClientKeepsMark) => {
                self.mark = self.mark.max(Some(*up_to));
            }
            Frame::ReadAll(up_to) => {
                for entry in self.entries.values_mut() {
                    entry.told.is_read |= entry.told.changed <= *up_to;
                }
            }
        }
    }

    fn merge(&mut self, id: NotificationId, told: Told, words: Option<&Words>, rules: Rules) {
        let entry = self.entries.entry(id).or_insert(Entry { told, words: None });
        let newer = |than: ChangeId| told.changed > than || !rules.has(Guard::ClientOnlyNewer);
        let moves = newer(entry.told.changed);
        let says = entry
            .words
            .as_ref()
            .is_none_or(|(from, _)| if rules.has(Guard::ClientDatesContent) { newer(*from) } else { moves });
        if let Some(words) = words.filter(|_| says) {
            entry.words = Some((told.changed, Words::clone(words)));
        }
        if moves {
            entry.told = told;
        }
    }

    fn take(&mut self, frames: &[Frame], mark: Option<ChangeId>, rules: Rules) {
        self.mark = self.mark.max(mark);
        for frame in frames {
            self.receive(frame, rules);
        }
    }

    /// What is seen: which notifications, and how.
    fn screen(&self) -> BTreeMap<NotificationId, Shown> {
        let shown = self.entries.iter().filter_map(|(id, Entry { told, words })| {
            let Told { changed, is_read, place } = *told;
            let (_, words) = words.as_ref().filter(|_| place != Place::Gone)?;
            let is_read = is_read || self.mark.is_some_and(|mark| changed <= mark);
            Some((*id, Shown { place, is_read, words: Words::clone(words) }))
        });
        shown.collect()
    }
}

/// One tab or phone of the owner.
#[derive(Clone)]
pub(crate) struct Device {
    rules: Rules,
    shown: Memory,
    /// What came since the list was asked for, until it is there to go with it.
    fresh: Option<Memory>,
    /// The items that were asked for one by one over this socket.
    fetched: BTreeSet<NotificationId>,
    /// What rang, and since when whatever is new should.
    rang: BTreeSet<NotificationId>,
    rings_since: Option<i64>,
    /// Whether it looks at what is archived and what sleeps, too.
    sees_all: bool,
    /// The number of the socket; frames of an earlier one are lost.
    pub(crate) socket: usize,
    pub(crate) connected: bool,
    /// A push or an answer got lost without a trace; only reading anew can heal it.
    pub(crate) missed: bool,
}

impl Device {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            shown: Memory::default(),
            fresh: None,
            fetched: BTreeSet::new(),
            rang: BTreeSet::new(),
            rings_since: None,
            sees_all: false,
            socket: 0,
            connected: false,
            missed: false,
        }
    }

    /// A new socket: from now on it is pushed to, if it was registered before anything is read.
    pub(crate) fn open(&mut self, now: i64, sees_all: bool) {
        self.sees_all = sees_all;
        self.socket += 1;
        self.rings_since = Some(now);
        self.connected = true;
        self.missed = false;
        self.fetched.clear();
    }

    /// Asks for the list.
    pub(crate) fn ask(&mut self) {
        self.fresh = Some(Memory::default());
    }

    pub(crate) fn awaits_list(&self) -> bool {
        self.fresh.is_some()
    }

    pub(crate) fn receive(&mut self, frame: &Frame) {
        if let Frame::Ring(id, ..) = frame {
            self.rang.insert(*id);
        }
        self.take(std::slice::from_ref(frame), None);
    }

    /// An item that it has asked for.
    pub(crate) fn fetched(&mut self, item: &Frame) {
        if self.rules.has(Guard::ClientFetchesStrangers) {
            self.receive(item);
        }
    }

    /// What has changed, and the mark as of then.
    pub(crate) fn take(&mut self, changes: &[Frame], mark: Option<ChangeId>) {
        for memory in [Some(&mut self.shown), self.fresh.as_mut()].into_iter().flatten() {
            memory.take(changes, mark, self.rules);
        }
    }

    /// The list replaces everything but what came while it was on its way.
    pub(crate) fn list(&mut self, items: &[Frame], mark: Option<ChangeId>) {
        let mut fresh = self.fresh.take().unwrap_or_default();
        if !self.rules.has(Guard::ClientListReplaces) {
            fresh = self.shown.clone();
        }
        if !self.rules.has(Guard::ClientKeepsOvertakers) {
            fresh = Memory::default();
        }
        fresh.take(items, mark, self.rules);
        self.shown = fresh;
    }

    /// The items of which only the state is known, and that weren't asked for yet.
    pub(crate) fn strangers(&mut self) -> Vec<NotificationId> {
        let wanted = |place| place != Place::Gone && self.shows(place);
        let lacking = |entry: &Entry| entry.words.is_none() && wanted(entry.told.place);
        let strangers = self.shown.entries.iter().filter(|(_, entry)| lacking(entry));
        let mut strangers: Vec<_> = strangers.map(|(id, _)| *id).collect();
        strangers.retain(|id| self.fetched.insert(*id));
        strangers
    }

    pub(crate) fn screen(&self) -> BTreeMap<NotificationId, Shown> {
        self.shown.screen()
    }

    /// Whether what is there has to be on the screen.
    pub(crate) fn shows(&self, place: Place) -> bool {
        self.sees_all || place == Place::Inbox
    }

    /// Whether something that was new then has rung, where it had to: over a socket that misses nothing.
    pub(crate) fn has_rung(&self, id: NotificationId, created_at: i64) -> bool {
        let there =
            self.connected && !self.missed && self.rings_since.is_some_and(|since| since < created_at);
        !there || self.rang.contains(&id)
    }

    /// The newest change of anything shown.
    pub(crate) fn newest_change(&self) -> Option<ChangeId> {
        self.shown.entries.values().map(|entry| entry.told.changed).max()
    }
}
