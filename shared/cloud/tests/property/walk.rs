//! A walk through one list, page by page to its end and back again.

use belfry_cloud::{
    Listing,
    inbox::{Page, Selection},
};
use belfry_domain::{Cursor, Notification, NotificationId};

use crate::{
    compare::{belongs, same},
    step,
    support::look::{ids, whole},
    world::World,
};

/// Longer than any list of a history.
const MAX_PAGES: usize = 500;

pub(crate) async fn one(world: &mut World) -> Result<(), String> {
    let listing = Listing::ALL[world.rng.usize(0..Listing::ALL.len())];
    let notification_type = (world.rng.u8(0..3) == 0).then(|| step::kind(&mut world.rng));
    let selection = Selection { notification_type, limit: world.rng.usize(1..=6), ..whole(listing) };
    walk(world, &selection).await.map_err(|what| format!("{selection:?}: {what}"))
}

async fn walk(world: &World, selection: &Selection) -> Result<(), String> {
    let of_type = |kind| selection.notification_type.is_none_or(|wanted| wanted == kind);
    let cards = world.model.on(|card| belongs(selection.listing, card) && of_type(card.kind));
    let (mut there, mut page) = (Vec::new(), at(world, selection, None).await?);
    for pages in 0.. {
        there.extend(ids(&page));
        let Some(next) = page.next.filter(|_| pages < MAX_PAGES) else { break };
        page = at(world, selection, Some(next)).await?;
    }
    let mut back = ids(&page);
    for pages in 0.. {
        let Some(previous) = page.previous.filter(|_| pages < MAX_PAGES) else { break };
        page = at(world, selection, Some(previous)).await?;
        back.splice(0..0, ids(&page));
    }
    same("there and back", &there, &back)?;
    let sorted = |mut ids: Vec<NotificationId>| {
        ids.sort_unstable();
        ids
    };
    same("the walk", &sorted(there), &sorted(cards.iter().map(|card| card.id).collect()))
}

async fn at(
    world: &World,
    selection: &Selection,
    cursor: Option<Cursor>,
) -> Result<Page<Notification>, String> {
    let selection = Selection { cursor, ..*selection };
    let page = world.store.inbox.view(&world.owner, &selection).await.unwrap().page;
    if page.items.len() > selection.limit {
        return Err(format!("{} on a page", page.items.len()));
    }
    Ok(page)
}
