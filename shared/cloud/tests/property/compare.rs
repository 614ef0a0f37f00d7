//! What the store shows, beside what the model says.

use std::fmt::Debug;

use belfry_cloud::{Listing, clock, inbox::Counts};
use belfry_domain::{Notification, Watermarks};

use crate::{
    model::{Card, Place},
    support::look::ids,
    world::World,
};

/// How far a stored time may be from the model's, in seconds: the model knows nothing of the time that a test takes.
const SLACK: i64 = 600;

/// `Ok` where both are the same.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, store: &T, model: &T) -> Result<(), String> {
    if store == model {
        Ok(())
    } else {
        Err(format!("{what}: {store:?} in the store, {model:?} in the model"))
    }
}

/// Which cards are on a list.
pub(crate) fn belongs(listing: Listing, card: &Card) -> bool {
    match listing {
        Listing::All => matches!(card.place, Place::Unread | Place::ReadWithAll | Place::Read),
        Listing::Unread => card.place == Place::Unread,
        Listing::Read => matches!(card.place, Place::ReadWithAll | Place::Read),
        Listing::Archived => card.place == Place::Archive,
        Listing::Snoozed => matches!(card.place, Place::Asleep { .. }),
    }
}

/// All lists, and both counts.
pub(crate) async fn everything(world: &mut World) -> Result<(), String> {
    for listing in Listing::ALL {
        let view = world.store.view(&world.owner, listing).await;
        let cards = world.model.on(|card| belongs(listing, card));
        list(listing, &view.page.items, &cards).map_err(|what| format!("{listing:?}: {what}"))?;
        for shown in &view.page.items {
            let card = cards.iter().find(|card| card.id == shown.id).ok_or("a stranger")?;
            one(shown, card, &view.marks, world.model.now)
                .map_err(|what| format!("{}: {what}", card.title))?;
        }
        same("the end of the list", &(view.page.next, view.page.previous), &(None, None))?;
        let unread = world.model.on(|card| card.place == Place::Unread).len();
        same("the count beside it", &view.unread_count, &unread)?;
        if listing == Listing::Unread {
            world.unread = ids(&view.page);
        }
    }
    let counts = world.store.inbox.counts(&world.owner).await.unwrap();
    let unread = world.model.on(|card| card.place == Place::Unread).len();
    same("the counts", &counts, &Counts { unread, unseen: world.model.unseen() })
}

/// By creation, or by the last change, of which those that came or woke together may stand in any order.
fn list(listing: Listing, shown: &[Notification], cards: &[&Card]) -> Result<(), String> {
    let shown: Vec<_> = shown.iter().map(|shown| shown.id).collect();
    let mut expected: Vec<_> = cards.iter().map(|card| (card.rank, card.id)).collect();
    if !matches!(listing, Listing::All | Listing::Read) {
        let place = |id| shown.iter().position(|shown| *shown == id);
        expected.sort_by_key(|(rank, id)| (std::cmp::Reverse(*rank), place(*id)));
    }
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    same("ids", &shown, &expected)
}

fn one(shown: &Notification, card: &Card, marks: &Watermarks, now: i64) -> Result<(), String> {
    let view = shown.view(marks);
    same("title", &view.title.as_str(), &card.title.as_str())?;
    same("type", &view.notification_type, &card.kind)?;
    let unread = card.place == Place::Unread;
    same("read", &view.is_read, &!unread)?;
    same("dated", &view.read_at.is_some(), &!unread)?;
    same("archived", &view.archived_at.is_some(), &(card.place == Place::Archive))?;
    if unread {
        same("seen", &view.seen_at.is_some(), &card.seen)?;
    }
    let real = clock::now().as_seconds();
    near("expires", shown.expires_at.as_seconds() - real, card.expires - now)?;
    match (card.place, view.snoozed_until) {
        (Place::Asleep { until }, Some(at)) => near("until", at.as_seconds() - real, until - now),
        (place, at) => same("asleep", &at.is_some(), &matches!(place, Place::Asleep { .. })),
    }
}

fn near(what: &str, store: i64, model: i64) -> Result<(), String> {
    if (store - model).abs() < SLACK { Ok(()) } else { same(what, &store, &model) }
}
