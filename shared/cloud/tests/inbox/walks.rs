//! Walking a list to its end and back while others write: what stays is seen exactly once, whatever comes and goes.

use std::collections::HashSet;

use belfry_cloud::{Listing, inbox::Page};
use belfry_domain::{Action, Cursor, Direction, Notification, NotificationId, Status};

use crate::support::{
    left::{LATER, OLD, Stored},
    look::ids,
    store::Store,
    user,
};

const LIMIT: usize = 4;

/// A list that somebody walks through while others put things in front of it and take things out of it.
struct Walk {
    store: Store,
    listing: Listing,
    /// What is there, newest first.
    living: Vec<Stored>,
    deleted: HashSet<NotificationId>,
}

impl Walk {
    async fn of(listing: Listing) -> Self {
        let store = Store::new().await;
        let living = Stored::many(40).into_iter().map(|left| on(listing, left)).collect::<Vec<_>>();
        store.insert_all(living.iter().map(|left| left.of("ana"))).await;
        // What is on other lists lies between.
        for left in Stored::many(20) {
            let elsewhere = if listing == Listing::Archived { Status::Snoozed } else { Status::Archived };
            store.insert(left.status(elsewhere).of("ana")).await;
        }
        Self { store, listing, living, deleted: HashSet::new() }
    }

    async fn page(&self, cursor: Option<Cursor>) -> Page<Notification> {
        self.store.page(&user("ana"), self.listing, cursor, LIMIT).await
    }

    /// One comes in front, and of what is there the one at `index` goes.
    async fn disturb(&mut self, index: usize) {
        let new = on(self.listing, Stored::unread(0));
        self.store.insert(new.of("ana")).await;
        let gone = self.living.remove(index);
        self.store.act(&user("ana"), gone.id, Action::Delete).await.unwrap();
        self.deleted.insert(gone.id);
        self.living.insert(0, new);
    }

    fn place(&self, id: NotificationId) -> Option<usize> {
        self.living.iter().position(|left| left.id == id)
    }
}

fn on(listing: Listing, left: Stored) -> Stored {
    match listing {
        Listing::All | Listing::Unread => left,
        Listing::Read => left.status(Status::Read),
        Listing::Archived => left.status(Status::Archived),
        Listing::Snoozed => left.snoozed(LATER),
    }
}

/// Once each, newest first, and all that stayed.
fn check(walk: &Walk, seen: &[NotificationId], stayed: &[Stored]) {
    let mut places: Vec<_> = seen.to_vec();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), seen.len(), "{:?}: seen twice", walk.listing);
    let kept: Vec<_> = seen.iter().filter(|id| !walk.deleted.contains(id)).copied().collect();
    let expected: Vec<_> = stayed.iter().map(|left| left.id).collect();
    assert_eq!(kept, expected, "{:?}", walk.listing);
}

#[tokio::test]
async fn a_walk_sees_once_what_stays_there_and_back() {
    for listing in Listing::ALL {
        let mut walk = Walk::of(listing).await;
        let start: Vec<_> = walk.living.iter().map(|left| left.id).collect();
        let mut seen = Vec::new();
        let mut page = walk.page(None).await;
        loop {
            seen.extend(ids(&page));
            // In turn the one that the cursor stands at, one that is still to come, and one that was seen.
            let at = page.items.last().and_then(|item| walk.place(item.id)).unwrap_or(0);
            let victims = [at, (at + 2).min(walk.living.len() - 1), at.saturating_sub(2)];
            walk.disturb(victims[seen.len() / LIMIT % victims.len()]).await;
            let Some(next) = page.next else { break };
            page = walk.page(Some(next)).await;
        }
        let old: Vec<_> = walk.living.iter().filter(|left| start.contains(&left.id)).copied().collect();
        check(&walk, &seen, &old);
        back(walk, page).await;
    }
}

/// From the last page to the front, which moves away meanwhile.
async fn back(mut walk: Walk, mut page: Page<Notification>) {
    let from = page.items.first().map(|item| item.id);
    let mut seen = Vec::new();
    for steps in 0.. {
        assert!(steps < 60, "the way back has no end");
        let Some(previous) = page.previous else { break };
        page = walk.page(Some(previous)).await;
        seen.splice(0..0, ids(&page));
        let at = page.items.first().and_then(|item| walk.place(item.id));
        if let Some(at) = at.filter(|_| steps < 6) {
            walk.disturb(at).await;
        }
    }
    let newer: Vec<_> = walk.living.iter().take_while(|left| Some(left.id) != from).copied().collect();
    check(&walk, &seen, &newer);
}

#[tokio::test]
async fn an_empty_page_leads_back_to_what_is_newer() {
    for listing in Listing::ALL {
        let (store, ana) = (Store::new().await, user("ana"));
        let left: Vec<_> = Stored::many(2).into_iter().map(|left| on(listing, left)).collect();
        store.insert_all(left.iter().map(|left| left.of("ana"))).await;
        let first = store.page(&ana, listing, None, 1).await;
        store.act(&ana, left[1].id, Action::Delete).await.unwrap();
        let empty = store.page(&ana, listing, first.next, 1).await;
        assert!(empty.items.is_empty() && empty.next.is_none(), "{listing:?}");
        let again = store.page(&ana, listing, empty.previous, 1).await;
        assert_eq!((ids(&again), again.previous), (vec![left[0].id], None), "{listing:?}");
    }
}

#[tokio::test]
async fn the_front_of_a_list_waits_for_what_is_yet_to_come() {
    for listing in Listing::ALL {
        let (store, ana) = (Store::new().await, user("ana"));
        let left = on(listing, Stored::unread(OLD));
        store.insert(left.of("ana")).await;
        let newer = Cursor { direction: Direction::Newer, position: left.id.into() };
        let nothing_yet = store.page(&ana, listing, Some(newer), 5).await;
        assert!(nothing_yet.items.is_empty() && nothing_yet.previous.is_none(), "{listing:?}");
        assert_eq!(ids(&store.page(&ana, listing, nothing_yet.next, 5).await), [left.id], "{listing:?}");
        let later = on(listing, Stored::unread(0));
        store.insert(later.of("ana")).await;
        assert_eq!(ids(&store.page(&ana, listing, Some(newer), 5).await), [later.id], "{listing:?}");
    }
}
