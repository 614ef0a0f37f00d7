//! The simple model: what was asked for, what was committed when, and what must therefore be true.

mod answer;
mod commit;
mod rest;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use belfry_domain::{
    Action, ChangeId, Content, Edit, Notification, NotificationId, Status,
    text::{Message, Title},
};

use super::store::Store;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invariant {
    /// Every accepted notification is stored once and shown on each device; it rings where a device is there.
    I1,
    /// Nothing is read unless its owner read it, or marked all read when it was already committed.
    I2,
    /// What was read is read, and the counts equal the model's.
    I3,
    /// All devices show what the store holds.
    I4,
    /// Replay from any cursor misses no change.
    I5,
    /// Nobody's delete, archive or snooze is undone by a slower tab, nor answered without being done.
    I6,
    /// What its owner marked unread is unread, also after everything was marked read.
    Unread,
    /// What was snoozed is unread again once it is due and somebody reads; not before, and never not.
    Sleep,
    /// An edit changes what it says and nothing else, and is not lost.
    Edit,
    /// Asking again by the same name changes nothing that is stored.
    Again,
    /// Everything is kept for its time, and no longer.
    Kept,
    /// What was read keeps the time of its reading, whatever else is done with it.
    Dated,
    /// What was seen stays seen, and what is yet to come isn't.
    Seen,
}

/// A broken invariant, and how.
pub(crate) type Breach = (Invariant, String);

/// How far clocks, late commits and whole seconds blur when something expires.
const BLUR: i64 = 30_000;

/// What a request wants of one notification.
pub(crate) enum Wish {
    Act(Action),
    Edit(Rc<Edit>, Said),
}

/// What an edit says anew.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) title: Option<Title>,
    pub(crate) message: Option<Message>,
}

struct Request {
    id: NotificationId,
    wish: Wish,
    asked_at: i64,
    answered_at: Option<i64>,
}

/// "Mark all read": what was in the inbox when it looked.
struct All {
    asked_at: i64,
    queried_at: i64,
    inbox: Vec<NotificationId>,
}

/// "Seen": what was on the screen.
struct Seen {
    asked_at: i64,
    up_to: ChangeId,
    shown: Vec<NotificationId>,
}

/// What the model knows of a notification that was committed.
struct Known {
    content: Content,
    expires_at: i64,
    written_at: i64,
    /// When it was last written as unread, for whatever reason.
    unread_at: i64,
    deleted: bool,
    created_at: i64,
    accepted: bool,
    /// Whether it was ever out of the inbox.
    put_away: bool,
}

impl Known {
    fn is_expired(&self, now: i64) -> bool {
        self.expires_at + BLUR < now
    }

    fn is_kept(&self, now: i64) -> bool {
        now + BLUR < self.expires_at
    }
}

pub(crate) struct Truth {
    template: Content,
    /// The ids each create tried, and whether its sender was told of success.
    creates: Vec<(BTreeSet<NotificationId>, bool)>,
    requests: Vec<Request>,
    alls: Vec<All>,
    seens: Vec<Seen>,
    known: BTreeMap<NotificationId, Known>,
    read_mark_moved_at: i64,
    polled_at: i64,
    breaches: Vec<Breach>,
}

impl Truth {
    pub(crate) fn new(template: Content) -> Self {
        Self {
            template,
            creates: Vec::new(),
            requests: Vec::new(),
            alls: Vec::new(),
            seens: Vec::new(),
            known: BTreeMap::new(),
            read_mark_moved_at: 0,
            polled_at: 0,
            breaches: Vec::new(),
        }
    }

    pub(crate) fn create_asked(&mut self, id: NotificationId) -> usize {
        self.creates.push((BTreeSet::from([id]), false));
        self.creates.len() - 1
    }

    pub(crate) fn create_renamed(&mut self, create: usize, id: NotificationId) {
        self.creates[create].0.insert(id);
    }

    pub(crate) fn create_accepted(&mut self, create: usize) {
        let (ids, accepted) = &mut self.creates[create];
        *accepted = true;
        for id in ids.iter() {
            self.known.entry(*id).and_modify(|known| known.accepted = true);
        }
    }

    pub(crate) fn asked(&mut self, now: i64, id: NotificationId, wish: Wish) -> usize {
        self.requests.push(Request { id, wish, asked_at: now, answered_at: None });
        self.requests.len() - 1
    }

    pub(crate) fn wish(&self, request: usize) -> &Wish {
        &self.requests[request].wish
    }

    pub(crate) fn all_asked(&mut self, now: i64) -> usize {
        self.alls.push(All { asked_at: now, queried_at: now, inbox: Vec::new() });
        self.alls.len() - 1
    }

    pub(crate) fn seen_asked(&mut self, now: i64, up_to: ChangeId, shown: Vec<NotificationId>) -> usize {
        self.seens.push(Seen { asked_at: now, up_to, shown });
        self.seens.len() - 1
    }

    /// From now on nothing goes wrong any more, and somebody has read the inbox.
    pub(crate) fn polled(&mut self, now: i64) {
        self.polled_at = now;
    }

    /// Whatever is committed when it looks, the owner may have meant by "all"; what slept past its time, too.
    pub(crate) fn all_queried(&mut self, now: i64, all: usize, store: &Store) {
        let asked_at = self.alls[all].asked_at;
        let meant = |item: &&Notification| match (item.state.status, self.known.get(&item.id)) {
            (Status::Unread, Some(known)) => known.is_kept(now),
            (Status::Snoozed, Some(known)) => {
                known.is_kept(now) && known.written_at < asked_at && commit::was_due(item, asked_at)
            }
            _ => false,
        };
        let inbox = store.items().filter(meant).map(|item| item.id).collect();
        self.alls[all] = All { asked_at, queried_at: now, inbox };
    }

    fn broken(&mut self, invariant: Invariant, detail: impl FnOnce() -> String) {
        self.breaches.push((invariant, detail()));
    }

    fn require(&mut self, holds: bool, invariant: Invariant, detail: impl FnOnce() -> String) {
        if !holds {
            self.broken(invariant, detail);
        }
    }
}
