//! What a device shows: the merge of frames and lists that rules 4 and 11 ask for, and the model for the page's own.

use std::collections::BTreeMap;

use belfry_domain::{ChangeId, NotificationId, NotificationView, Watermarks, frame::ServerFrame};

use super::rules::{Guard, Rules};

/// What a frame or a list says of one notification.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    changed: ChangeId,
    is_read: bool,
    deleted: bool,
}

/// The part of a frame that the merge looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frame {
    /// `notification`: all that there is to show.
    Whole(NotificationId, Told),
    /// `notification_state`: where it stands, not what it says.
    State(NotificationId, Told),
    ReadAll(ChangeId),
}

impl Frame {
    /// What a client takes from a frame; nothing if the frame is no news of an inbox.
    pub(crate) fn read(frame: &ServerFrame<'_>) -> Option<Self> {
        match frame {
            ServerFrame::Notification(ring) => {
                let told = Told { changed: ring.changed, is_read: ring.is_read, deleted: false };
                Some(Self::Whole(ring.notification_id, told))
            }
            &ServerFrame::NotificationState { notification_id, changed, is_read, deleted, .. } => {
                Some(Self::State(notification_id, Told { changed, is_read, deleted }))
            }
            &ServerFrame::ReadAll { up_to, .. } => Some(Self::ReadAll(up_to)),
            ServerFrame::Pong | ServerFrame::Error { .. } => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Entry {
    told: Told,
    /// Whether the content has come, too. Until then there is nothing to show.
    whole: bool,
}

/// Everything a device knows.
#[derive(Clone, Default)]
struct Memory {
    entries: BTreeMap<NotificationId, Entry>,
    mark: Option<ChangeId>,
}

impl Memory {
    fn receive(&mut self, frame: Frame, rules: Rules) {
        match frame {
            Frame::Whole(id, told) => self.merge(id, told, true, rules),
            Frame::State(id, told) => {
                if rules.has(Guard::ClientKeepsStrangers) || self.entries.contains_key(&id) {
                    self.merge(id, told, false, rules);
                }
            }
            Frame::ReadAll(up_to) if rules.has(Guard::ClientKeepsMark) => {
                self.mark = self.mark.max(Some(up_to));
            }
            Frame::ReadAll(up_to) => {
                for entry in self.entries.values_mut() {
                    entry.told.is_read |= entry.told.changed <= up_to;
                }
            }
        }
    }

    fn merge(&mut self, id: NotificationId, told: Told, whole: bool, rules: Rules) {
        let entry = self.entries.entry(id).or_insert(Entry { told, whole });
        entry.whole |= whole;
        if told.changed > entry.told.changed || !rules.has(Guard::ClientOnlyNewer) {
            entry.told = told;
        }
    }

    fn list(&mut self, items: &[NotificationView<'_>], marks: &Watermarks, rules: Rules) {
        self.mark = self.mark.max(marks.read);
        for item in items {
            let told = Told { changed: item.changed, is_read: item.is_read, deleted: false };
            self.merge(item.id, told, true, rules);
        }
    }
}

/// One tab or phone of the owner.
#[derive(Default)]
pub(crate) struct Device {
    shown: Memory,
    /// What came since the socket opened, until the list is there to go with it.
    fresh: Option<Memory>,
    /// The number of the socket; frames of an earlier one are lost.
    pub(crate) socket: usize,
    pub(crate) connected: bool,
    /// A push got lost without a trace; only a reload can heal it.
    pub(crate) missed: bool,
}

impl Device {
    /// A new socket: first it is registered, then the list is read.
    pub(crate) fn open(&mut self) {
        self.socket += 1;
        self.connected = true;
        self.missed = false;
        self.fresh = Some(Memory::default());
    }

    pub(crate) fn receive(&mut self, frame: Frame, rules: Rules) {
        self.shown.receive(frame, rules);
        if let Some(fresh) = &mut self.fresh {
            fresh.receive(frame, rules);
        }
    }

    /// The list replaces everything but what came while it was on its way.
    pub(crate) fn list(&mut self, items: &[NotificationView<'_>], marks: &Watermarks, rules: Rules) {
        let mut fresh = self.fresh.take().unwrap_or_default();
        if !rules.has(Guard::ClientListReplaces) {
            fresh = self.shown.clone();
        }
        if !rules.has(Guard::ClientKeepsOvertakers) {
            fresh = Memory::default();
        }
        fresh.list(items, marks, rules);
        self.shown = fresh;
    }

    /// What the owner sees: which notifications, and whether each is read.
    pub(crate) fn screen(&self) -> BTreeMap<NotificationId, bool> {
        let Memory { entries, mark } = &self.shown;
        let shown = entries.iter().filter(|(_, entry)| entry.whole && !entry.told.deleted);
        let is_read = |told: Told| told.is_read || mark.is_some_and(|mark| told.changed <= mark);
        shown.map(|(id, entry)| (*id, is_read(entry.told))).collect()
    }
}
