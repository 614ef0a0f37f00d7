//! Long runs of what a list doesn't show hide nothing behind them.

use belfry_cloud::Listing;
use belfry_domain::{Cursor, NotificationId, Status};

use crate::support::{left::Stored, look, store::Store, user};

/// More than any list reads at once with a page this small.
const RUN: usize = 40;

/// Two notifications with a long run between them, and a run before and behind them.
async fn two_in_the_gaps(store: &Store, hide: impl Fn(Stored) -> Stored) -> [NotificationId; 2] {
    let left = Stored::many(i64::try_from(3 * RUN + 2).unwrap());
    let shown = [RUN, 2 * RUN + 1];
    for (index, left) in left.iter().enumerate() {
        let left = if shown.contains(&index) { *left } else { hide(*left) };
        store.insert(left.of("ana")).await;
    }
    shown.map(|index| left[index].id)
}

/// Walks by pages of one to the end, and back to the beginning; returns what was seen each way.
async fn there_and_back(store: &Store, listing: Listing) -> (Vec<NotificationId>, Vec<NotificationId>) {
    let (mut there, mut back) = (Vec::new(), Vec::new());
    let (mut ids, mut next, mut previous) = page(store, listing, None).await;
    for pages in 0.. {
        assert!(pages < 10 * RUN, "the walk has no end");
        there.extend(ids);
        let Some(cursor) = next else { break };
        (ids, next, previous) = page(store, listing, Some(cursor)).await;
    }
    for pages in 0.. {
        assert!(pages < 10 * RUN, "the way back has no end");
        let Some(cursor) = previous else { break };
        (ids, _, previous) = page(store, listing, Some(cursor)).await;
        back.extend(ids);
    }
    (there, back)
}

async fn page(
    store: &Store,
    listing: Listing,
    cursor: Option<Cursor>,
) -> (Vec<NotificationId>, Option<Cursor>, Option<Cursor>) {
    let page = store.page(&user("ana"), listing, cursor, 1).await;
    (look::ids(&page), page.next, page.previous)
}

#[tokio::test]
async fn what_lies_behind_many_deleted_notifications_is_found() {
    let store = Store::new().await;
    let shown = two_in_the_gaps(&store, |left| left.status(Status::Deleted)).await;
    let (there, back) = there_and_back(&store, Listing::All).await;
    assert_eq!(there, shown);
    // The last page that showed something may be seen again on the way back, as the way begins behind it.
    assert!(back.ends_with(&[shown[0]]), "{back:?}");
}

#[tokio::test]
async fn what_lies_behind_many_expired_notifications_is_found() {
    let store = Store::new().await;
    let shown = two_in_the_gaps(&store, |left| left.expired(60)).await;
    for listing in [Listing::All, Listing::Unread] {
        let (there, back) = there_and_back(&store, listing).await;
        assert_eq!(there, shown);
        assert!(back.ends_with(&[shown[0]]), "{back:?}");
    }
}
