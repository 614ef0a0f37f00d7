//! An inbox as its owner understands it: a pile of cards, and nothing of letters, change ids or watermarks.

use belfry_domain::{NotificationId, NotificationType};

use crate::support::store::{READ_RETENTION_DAYS, RETENTION_DAYS};

pub(crate) const HOUR: i64 = 60 * 60;

const KEPT: i64 = RETENTION_DAYS as i64 * 24 * HOUR;
const KEPT_ONCE_READ: i64 = READ_RETENTION_DAYS as i64 * 24 * HOUR;

/// Where a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Unread,
    /// Read together with everything else, and not touched since.
    ReadWithAll,
    Read,
    Archive,
    Asleep {
        until: i64,
    },
    Deleted,
}

/// What its owner does with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Read,
    Unread,
    Archive,
    Unarchive,
    /// For so many seconds.
    Snooze(i64),
    Delete,
}

#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) id: NotificationId,
    pub(crate) title: String,
    pub(crate) kind: NotificationType,
    pub(crate) place: Place,
    /// Whether the list was seen with it since it last changed.
    pub(crate) seen: bool,
    /// The place of its last change among all changes; cards that come or wake together share one.
    pub(crate) rank: usize,
    changed_at: i64,
    pub(crate) expires: i64,
}

/// The pile, first the oldest. Times are seconds since the history began.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) cards: Vec<Card>,
    pub(crate) now: i64,
    ranks: usize,
}

impl Model {
    /// UserEvent at the same time.
    pub(crate) fn create(&mut self, told: Vec<(NotificationId, String, NotificationType)>) {
        self.ranks += 1;
        let (rank, now) = (self.ranks, self.now);
        self.cards.extend(told.into_iter().map(|(id, title, kind)| Card {
            id,
            title,
            kind,
            place: Place::Unread,
            seen: false,
            rank,
            changed_at: now,
            expires: now + KEPT,
        }));
    }

    /// The card as it then is, if it is there.
    pub(crate) fn act(&mut self, at: usize, deed: Deed) -> Option<&Card> {
        let now = self.now;
        if matches!(deed, Deed::Read | Deed::Unarchive) {
            self.wake_one(at);
        }
        let to = match (self.living(at)?.place, deed) {
            (_, Deed::Delete) => Some((Place::Deleted, now + KEPT)),
            (Place::Unread, Deed::Read) | (Place::Archive, Deed::Unarchive) => {
                Some((Place::Read, now + KEPT_ONCE_READ))
            }
            (Place::ReadWithAll | Place::Read | Place::Archive | Place::Asleep { .. }, Deed::Unread) => {
                Some((Place::Unread, now + KEPT))
            }
            (Place::Unread | Place::ReadWithAll | Place::Read | Place::Asleep { .. }, Deed::Archive) => {
                Some((Place::Archive, now + KEPT))
            }
            (
                Place::Unread | Place::ReadWithAll | Place::Read | Place::Asleep { .. },
                Deed::Snooze(seconds),
            ) => {
                let until = now + seconds;
                Some((Place::Asleep { until }, until + KEPT))
            }
            _ => None,
        };
        if let Some((place, expires)) = to {
            self.change(at, place, expires);
        }
        self.living(at)
    }

    /// Whether there is anything to say anew.
    pub(crate) fn edit(&mut self, at: usize, title: &str, kind: NotificationType, archive: bool) -> bool {
        self.wake_one(at);
        let Some(card) = self.living(at) else { return false };
        let (place, expires) = match card.place {
            Place::Archive => (Place::Archive, card.expires),
            _ if archive => (Place::Archive, self.now + KEPT),
            Place::ReadWithAll => (Place::Read, card.expires),
            place => (place, card.expires),
        };
        self.change(at, place, expires);
        title.clone_into(&mut self.cards[at].title);
        self.cards[at].kind = kind;
        true
    }

    /// What is due is news again.
    pub(crate) fn wake(&mut self) {
        let rank = self.ranks + 1;
        for at in 0..self.cards.len() {
            if self.wake_one(at) {
                self.cards[at].rank = rank;
                self.ranks = rank;
            }
        }
    }

    /// Whether it was due.
    fn wake_one(&mut self, at: usize) -> bool {
        let place = self.living(at).map(|card| card.place);
        let due = matches!(place, Some(Place::Asleep { until }) if until <= self.now);
        if due {
            self.change(at, Place::Unread, self.now + KEPT);
        }
        due
    }

    /// How many were read by it. What has lain there for a while is read where it lies, the rest one by one.
    pub(crate) fn mark_all(&mut self) -> usize {
        self.wake();
        let unread: Vec<_> = (0..self.cards.len()).filter(|at| self.is(*at, Place::Unread)).collect();
        for at in &unread {
            if self.cards[*at].changed_at < self.now {
                self.cards[*at].place = Place::ReadWithAll;
            } else {
                self.change(*at, Place::Read, self.cards[*at].expires);
            }
        }
        unread.len()
    }

    /// Sees everything that is unread, or what of it hasn't changed after the card with that rank. How many are unseen then.
    pub(crate) fn see(&mut self, up_to: Option<usize>) -> usize {
        for at in 0..self.cards.len() {
            if self.is(at, Place::Unread) && up_to.is_none_or(|rank| self.cards[at].rank <= rank) {
                self.cards[at].seen = true;
            }
        }
        self.unseen()
    }

    pub(crate) fn unseen(&self) -> usize {
        self.on(|card| card.place == Place::Unread && !card.seen).len()
    }

    /// What is there of it, newest first.
    pub(crate) fn on(&self, list: impl Fn(&Card) -> bool) -> Vec<&Card> {
        let cards = self.cards.iter().rev();
        cards.filter(|card| card.place != Place::Deleted && card.expires > self.now && list(card)).collect()
    }

    /// The card, if it is there.
    pub(crate) fn living(&self, at: usize) -> Option<&Card> {
        self.cards.get(at).filter(|card| card.place != Place::Deleted && card.expires > self.now)
    }

    fn is(&self, at: usize, place: Place) -> bool {
        self.living(at).is_some_and(|card| card.place == place)
    }

    fn change(&mut self, at: usize, place: Place, expires: i64) {
        self.ranks += 1;
        let card = &mut self.cards[at];
        (card.place, card.expires, card.rank) = (place, expires, self.ranks);
        (card.seen, card.changed_at) = (false, self.now);
    }
}
