//! What must hold when everything is quiet.

use std::collections::BTreeMap;

use belfry_domain::{
    Notification, NotificationId, Status, Timestamp,
    text::{Message, Title},
};
use serde::Serialize;

use super::{
    super::{
        device::Device,
        news::{Place, Shown},
        store::Store,
        world::FOLLOWER,
    },
    Breach, Invariant, Known, Truth,
    commit::was_due,
};

type Screen = BTreeMap<NotificationId, Shown>;

/// What has to be seen of one notification.
#[derive(Serialize)]
pub(crate) struct ToShow<'a> {
    id: NotificationId,
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_read: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a Title>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a Message>,
}

fn name_of(place: Place) -> &'static str {
    match place {
        Place::Inbox => "inbox",
        Place::Archive => "archive",
        Place::AsleepUntil(_) => "asleep",
        Place::Gone => "gone",
    }
}

impl Truth {
    /// Every invariant that was broken on the way, or doesn't hold now that everything is quiet.
    pub(crate) fn judge(&mut self, now: i64, store: &Store, devices: &[Device]) -> Vec<Breach> {
        self.judge_creates(now, store);
        self.judge_items(now, store);
        self.judge_counts(now, store);
        let stored = self.stored(now, store);
        for (number, device) in devices[..FOLLOWER].iter().enumerate() {
            let screen = self.lasting(now, device.screen());
            self.judge_shown(number, device, &screen, &stored);
            // What was put away is known to a device that didn't look for it only if it saw it go.
            let mut wanted = stored.clone();
            wanted.retain(|id, shown| device.shows(shown.place) || screen.contains_key(id));
            self.judge_screen(Invariant::I4, &screen, &wanted);
        }
        let screen = self.lasting(now, devices[FOLLOWER].screen());
        self.judge_screen(Invariant::I5, &screen, &stored);
        std::mem::take(&mut self.breaches)
    }

    fn judge_creates(&mut self, now: i64, store: &Store) {
        for (ids, accepted) in std::mem::take(&mut self.creates) {
            let stored = ids.iter().filter(|id| store.stored(**id).is_some()).count();
            let known = |id| self.known.get(id);
            let over = ids.iter().filter_map(known).any(|known| known.deleted || !known.is_kept(now));
            let holds = stored <= 1 && (!accepted || stored == 1 || over);
            self.require(holds, Invariant::I1, || format!("{stored} items of one create: {ids:?}"));
        }
    }

    fn judge_items(&mut self, now: i64, store: &Store) {
        for item in store.items() {
            let Notification { id, state, .. } = item;
            let Some(known) = self.known.get(id) else {
                self.broken(Invariant::I1, || format!("nobody sent {id}"));
                continue;
            };
            let back = known.deleted && state.status != Status::Deleted;
            let overslept =
                known.is_kept(now) && was_due(item, self.polled_at) && known.written_at < self.polled_at;
            let view = item.view(store.marks());
            let dated = state.status == Status::Deleted || view.is_read == view.read_at.is_some();
            self.require(!back, Invariant::I6, || format!("{id} was deleted and is {state}"));
            self.require(!overslept, Invariant::Sleep, || format!("nobody woke {id}: {state}"));
            self.require(dated, Invariant::I3, || format!("{id} was read at {:?}: {state}", item.read_at));
        }
    }

    /// An item about to expire may be in the one count and not in the other.
    fn judge_counts(&mut self, now: i64, store: &Store) {
        let clock = Timestamp::from_millis(now);
        let marks = store.marks();
        let unread = |item: &&Notification| item.state.status == Status::Unread && !marks.is_read(item.state);
        let known = |item: &Notification| self.known.get(&item.id);
        let kept = |item: &&Notification| known(item).is_some_and(|known| !known.is_expired(now));
        let blurred = |item: &Notification| {
            known(item).is_some_and(|known| !known.is_kept(now) && !known.is_expired(now))
        };
        if store.items().any(blurred) {
            return;
        }
        let unseen = |item: &&Notification| marks.seen.is_none_or(|seen| item.state.changed > seen);
        let expected = [
            store.items().filter(unread).filter(kept).count(),
            store.items().filter(unread).filter(kept).filter(unseen).count(),
        ];
        let counted = [marks.read, marks.unseen_floor()].map(|floor| store.count_unread(floor, clock));
        self.require(counted == expected, Invariant::I3, || {
            format!("{counted:?} counted, {expected:?} are unread and unseen")
        });
    }

    /// What is stored for long enough yet that every device must show it.
    fn stored(&self, now: i64, store: &Store) -> Screen {
        let there = store.items().filter(|item| item.state.status != Status::Deleted);
        let screen = there.map(|item| (item.id, Shown::of(&item.view(store.marks()))));
        self.lasting(now, screen.collect())
    }

    /// A device that is open goes on showing what expires meanwhile.
    pub(crate) fn lasting(&self, now: i64, mut screen: Screen) -> Screen {
        screen.retain(|id, _| self.known.get(id).is_none_or(|known| known.deleted || known.is_kept(now)));
        screen
    }

    /// What every device has to show: a device that is open goes on showing what expires meanwhile, or doesn't.
    pub(crate) fn to_show<'a>(&'a self, now: i64, store: &'a Store) -> Vec<ToShow<'a>> {
        let stored = self.stored(now, store);
        let to_show = |(id, known): (&NotificationId, &'a Known)| {
            let shown = stored.get(id);
            let said = shown.map(|_| &known.content);
            let away = if known.deleted { "gone" } else { "expired" };
            ToShow {
                id: *id,
                place: shown.map_or(away, |shown| name_of(shown.place)),
                is_read: shown.map(|shown| shown.is_read),
                title: said.map(|said| &said.title),
                message: said.map(|said| &said.message),
            }
        };
        self.known.iter().map(to_show).collect()
    }

    fn judge_shown(&mut self, number: usize, device: &Device, screen: &Screen, stored: &Screen) {
        for (id, stored) in stored {
            let Some(known) = self.known.get(id) else { continue };
            let rung = known.put_away || device.has_rung(*id, known.created_at);
            let shown = !known.accepted || screen.contains_key(id) || !device.shows(stored.place);
            self.require(shown, Invariant::I1, || format!("device {number} doesn't show {id}"));
            self.require(rung, Invariant::I1, || format!("{id} didn't ring on device {number}"));
        }
    }

    fn judge_screen(&mut self, invariant: Invariant, screen: &Screen, stored: &Screen) {
        self.require(screen == stored, invariant, || {
            let differs = |(id, shown): &(&NotificationId, &Shown)| stored.get(id) != Some(shown);
            let wrong: Vec<_> = screen.iter().filter(differs).collect();
            let right: Vec<_> = stored.iter().filter(|(id, shown)| screen.get(id) != Some(shown)).collect();
            format!("shown is {wrong:?}, stored is {right:?}")
        });
    }
}
