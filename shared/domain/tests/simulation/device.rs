//! What a device shows: the merge of frames and lists that rules 4 and 11 ask for, and the model for the page's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use belfry_domain::{
    ChangeId, NotificationId, NotificationView, Timestamp, Watermarks,
    frame::{NotificationFrame, ServerFrame},
};

use super::rules::{Guard, Rules};

/// Where a device shows a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Inbox,
    Archive,
    AsleepUntil(Timestamp),
    Gone,
}

impl Place {
    fn of(archived_at: Option<Timestamp>, snoozed_until: Option<Timestamp>) -> Self {
        match (archived_at, snoozed_until) {
            (Some(_), _) => Self::Archive,
            (None, Some(until)) => Self::AsleepUntil(until),
            (None, None) => Self::Inbox,
        }
    }
}

/// What a frame or a list tells of one notification.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    changed: ChangeId,
    is_read: bool,
    place: Place,
}

impl Told {
    fn by(frame: &NotificationFrame<'_>) -> Self {
        let place = Place::of(frame.archived_at, frame.snoozed_until);
        Self { changed: frame.changed, is_read: frame.is_read, place }
    }
}

/// What a notification says, as far as anything here tells one from another.
pub(crate) type Words = Rc<str>;

/// The part of a frame that the merge looks at.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// All that there is to show of a new notification.
    Ring(NotificationId, Told, Words),
    /// All that there is to show.
    Whole(NotificationId, Told, Words),
    /// Where it stands, not what it says.
    State(NotificationId, Told),
    ReadAll(ChangeId),
}

impl Frame {
    /// What a client takes from a frame; nothing if the frame is no news of an inbox.
    pub(crate) fn read(frame: &ServerFrame<'_>) -> Option<Self> {
        match frame {
            ServerFrame::Notification(ring) => Some(Self::Ring(
                ring.notification_id,
                Told::by(ring),
                words(ring.title.as_str(), &ring.message),
            )),
            ServerFrame::NotificationUpdated(frame) => {
                let words = words(frame.title.as_str(), &frame.message);
                Some(Self::Whole(frame.notification_id, Told::by(frame), words))
            }
            &ServerFrame::NotificationState {
                notification_id,
                changed,
                is_read,
                archived_at,
                snoozed_until,
                deleted,
                ..
            } => {
                let place = if deleted { Place::Gone } else { Place::of(archived_at, snoozed_until) };
                Some(Self::State(notification_id, Told { changed, is_read, place }))
            }
            &ServerFrame::ReadAll { up_to, .. } => Some(Self::ReadAll(up_to)),
            _ => None,
        }
    }

    /// The notification of a REST answer.
    pub(crate) fn whole(view: &NotificationView<'_>) -> Self {
        let place = Place::of(view.archived_at, view.snoozed_until);
        let told = Told { changed: view.changed, is_read: view.is_read, place };
        Self::Whole(view.id, told, words(view.title.as_str(), view.message.as_str()))
    }
}

fn words(title: &str, message: &str) -> Words {
    format!("{title}: {message}").into()
}

#[derive(Clone)]
struct Entry {
    told: Told,
    /// The content, once it has come, and the change that it is from. Until then there is nothing to show.
    words: Option<(ChangeId, Words)>,
}

/// What is seen of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) place: Place,
    pub(crate) is_read: bool,
    pub(crate) words: Words,
}

impl Shown {
    pub(crate) fn of(view: &NotificationView<'_>) -> Self {
        Self {
            place: Place::of(view.archived_at, view.snoozed_until),
            is_read: view.is_read,
            words: words(view.title.as_str(), view.message.as_str()),
        }
    }
}

/// Everything a device knows.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    entries: BTreeMap<NotificationId, Entry>,
    mark: Option<ChangeId>,
}

impl Memory {
    pub(crate) fn receive(&mut self, frame: &Frame, rules: Rules) {
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

    pub(crate) fn list(&mut self, items: &[NotificationView<'_>], marks: &Watermarks, rules: Rules) {
        self.mark = self.mark.max(marks.read);
        for item in items {
            self.receive(&Frame::whole(item), rules);
        }
    }

    /// What is seen: which notifications, and how.
    pub(crate) fn screen(&self) -> BTreeMap<NotificationId, Shown> {
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
#[derive(Default)]
pub(crate) struct Device {
    shown: Memory,
    /// What came since the socket opened, until the list is there to go with it.
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
    /// A push or an answer got lost without a trace; only a reload can heal it.
    pub(crate) missed: bool,
}

impl Device {
    /// A new socket: first it is registered, then the list is read.
    pub(crate) fn open(&mut self, now: i64, sees_all: bool) {
        self.sees_all = sees_all;
        self.socket += 1;
        self.rings_since = Some(now);
        self.connected = true;
        self.missed = false;
        self.fresh = Some(Memory::default());
        self.fetched.clear();
    }

    pub(crate) fn receive(&mut self, frame: &Frame, rules: Rules) {
        if let Frame::Ring(id, ..) = frame {
            self.rang.insert(*id);
        }
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
