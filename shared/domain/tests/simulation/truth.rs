//! The simple model: what was asked for, what was committed when, and what must therefore be true at rest.

use std::collections::{BTreeMap, BTreeSet};

use belfry_domain::{Letter, NotificationId};

use super::{
    device::Device,
    store::{Store, Write},
};

/// What must hold at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Invariant {
    /// Every accepted notification is stored once and shown on each device.
    I1,
    /// Nothing is read unless its owner read it, or marked all read when it was already committed.
    I2,
    /// The unread count equals the model's.
    I3,
    /// All devices show what the store holds.
    I4,
    /// Nobody's delete is undone, nor answered without being done.
    I6,
}

/// A broken invariant, and how.
pub(crate) type Breach = (Invariant, String);

/// "Mark all read", from its query on.
pub(crate) struct MarkAll {
    pub(crate) queried_at: i64,
    pub(crate) committed: Vec<NotificationId>,
}

#[derive(Default)]
pub(crate) struct Truth {
    /// The ids each create tried, and whether its sender was told of success.
    creates: Vec<(BTreeSet<NotificationId>, bool)>,
    committed_at: BTreeMap<NotificationId, i64>,
    restamped_at: BTreeMap<NotificationId, i64>,
    may_be_read: BTreeSet<NotificationId>,
    must_be_read: BTreeSet<NotificationId>,
    mark_alls: Vec<MarkAll>,
    deleted: BTreeSet<NotificationId>,
}

impl Truth {
    pub(crate) fn create_asked(&mut self, id: NotificationId) -> usize {
        self.creates.push((BTreeSet::from([id]), false));
        self.creates.len() - 1
    }

    pub(crate) fn create_renamed(&mut self, create: usize, id: NotificationId) {
        self.creates[create].0.insert(id);
    }

    pub(crate) fn create_accepted(&mut self, create: usize) {
        self.creates[create].1 = true;
    }

    pub(crate) fn read_asked(&mut self, id: NotificationId) {
        self.may_be_read.insert(id);
    }

    /// The owner has an answer: it is so now, by this change or by another.
    pub(crate) fn answered(&mut self, id: NotificationId, to: Letter) {
        match to {
            Letter::Read => self.must_be_read.insert(id),
            _ => self.deleted.insert(id),
        };
    }

    /// Whatever is committed now, the owner may have meant by "all".
    pub(crate) fn all_asked(&mut self, now: i64) -> MarkAll {
        let committed: Vec<_> = self.committed_at.keys().copied().collect();
        self.may_be_read.extend(&committed);
        MarkAll { queried_at: now, committed }
    }

    pub(crate) fn all_answered(&mut self, mark_all: MarkAll) {
        self.mark_alls.push(mark_all);
    }

    pub(crate) fn committed(&mut self, now: i64, write: &Write) {
        match *write {
            Write::Put { id, .. } => {
                self.committed_at.entry(id).or_insert(now);
            }
            Write::Update { id, to, .. } => match to.letter {
                Letter::Deleted => drop(self.deleted.insert(id)),
                Letter::Unread => drop(self.restamped_at.insert(id, now)),
                Letter::Read | Letter::Archived | Letter::Snoozed => {}
            },
            Write::Mark { .. } => drop(self.all_asked(now)),
        }
    }

    /// Every invariant that doesn't hold now that everything is quiet.
    pub(crate) fn judge(&self, store: &Store, devices: &[Device]) -> Vec<Breach> {
        let mut breaches = Vec::new();
        self.judge_store(store, &mut breaches);
        self.judge_reading(store, &mut breaches);
        for (number, device) in devices.iter().enumerate() {
            self.judge_screen(store, number, device, &mut breaches);
        }
        breaches
    }

    fn judge_store(&self, store: &Store, breaches: &mut Vec<Breach>) {
        for (ids, accepted) in &self.creates {
            let stored = ids.iter().filter(|id| store.get(**id).is_some()).count();
            let deleted = ids.iter().any(|id| self.deleted.contains(id));
            if stored > 1 || (*accepted && stored == 0 && !deleted) {
                breaches.push((Invariant::I1, format!("{stored} items of one create: {ids:?}")));
            }
        }
        let asked = |id| self.creates.iter().any(|(ids, _)| ids.contains(&id));
        for item in store.items().filter(|item| !asked(item.id)) {
            breaches.push((Invariant::I1, format!("nobody sent {}", item.id)));
        }
        for id in &self.deleted {
            if let Some(item) = store.get(*id).filter(|item| item.state.letter != Letter::Deleted) {
                breaches.push((Invariant::I6, format!("{id} was deleted and is {}", item.state)));
            }
        }
    }

    fn judge_reading(&self, store: &Store, breaches: &mut Vec<Breach>) {
        let mut unread = 0;
        for item in store.items().filter(|item| item.state.letter != Letter::Deleted) {
            let is_read = store.marks().is_read(item.state);
            unread += usize::from(!is_read);
            if is_read && !self.may_be_read.contains(&item.id) {
                breaches.push((Invariant::I2, format!("{} is read: {}", item.id, item.state)));
            }
            if !is_read && self.must_be_read(item.id) {
                breaches.push((Invariant::I3, format!("{} is unread: {}", item.id, item.state)));
            }
        }
        let counted = store.unread().count();
        if counted != unread {
            breaches.push((Invariant::I3, format!("{counted} counted, {unread} are unread")));
        }
    }

    /// Read one by one, or by a "mark all" that was answered. An item whose create restamped it after the query may
    /// stay unread: the safe side.
    fn must_be_read(&self, id: NotificationId) -> bool {
        let restamped_at = self.restamped_at.get(&id).copied();
        let covered =
            |all: &MarkAll| all.committed.contains(&id) && restamped_at.is_none_or(|at| at < all.queried_at);
        self.must_be_read.contains(&id) || self.mark_alls.iter().any(covered)
    }

    fn judge_screen(&self, store: &Store, number: usize, device: &Device, breaches: &mut Vec<Breach>) {
        let screen = device.screen();
        let stored: BTreeMap<_, _> = store
            .items()
            .filter(|item| item.state.letter != Letter::Deleted)
            .map(|item| (item.id, item.view(store.marks()).is_read))
            .collect();
        let accepted = self.creates.iter().filter(|(_, accepted)| *accepted);
        for id in accepted.flat_map(|(ids, _)| ids).filter(|id| stored.contains_key(*id)) {
            if !screen.contains_key(id) {
                breaches.push((Invariant::I1, format!("device {number} doesn't show {id}")));
            }
        }
        if screen != stored {
            breaches.push((Invariant::I4, format!("device {number} shows {screen:?}, stored is {stored:?}")));
        }
    }
}
