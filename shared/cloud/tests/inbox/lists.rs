//! The lists: their order, and their pages in both directions.

use std::time::Duration;

use belfry_cloud::{
    Listing,
    inbox::{Counts, Page},
};
use belfry_domain::{Action, Cursor, Direction, Notification, NotificationId, Status, Watermarks};
use belfry_dynamo::Fault;
use tokio::time::{sleep, timeout};

use crate::support::{
    draft,
    left::{OLD, Stored, mark, meta},
    look::ids,
    store::{Store, operations, strong},
    user,
};

fn ids_of(left: &[Stored]) -> Vec<NotificationId> {
    left.iter().map(|left| left.id).collect()
}

/// Seven unread notifications of ana's, newest first.
async fn seven(store: &Store) -> Vec<Stored> {
    let left = Stored::many(7);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    left
}

async fn all(store: &Store, cursor: Option<Cursor>, limit: usize) -> Page<Notification> {
    store.page(&user("ana"), Listing::All, cursor, limit).await
}

async fn unread(store: &Store, cursor: Option<Cursor>, limit: usize) -> Page<Notification> {
    store.page(&user("ana"), Listing::Unread, cursor, limit).await
}

#[tokio::test]
async fn a_list_is_walked_page_by_page_and_back_again() {
    let store = Store::new().await;
    let left = seven(&store).await;
    let first = all(&store, None, 3).await;
    assert_eq!((ids(&first), first.previous), (ids_of(&left[..3]), None));
    let second = all(&store, first.next, 3).await;
    assert_eq!(ids(&second), ids_of(&left[3..6]));
    let third = all(&store, second.next, 3).await;
    assert_eq!((ids(&third), third.next), (ids_of(&left[6..]), None));

    let second_again = all(&store, third.previous, 3).await;
    assert_eq!(ids(&second_again), ids(&second));
    assert_eq!(ids(&all(&store, second_again.next, 3).await), ids(&third));
    let first_again = all(&store, second_again.previous, 3).await;
    assert_eq!((ids(&first_again), first_again.previous), (ids(&first), None));
}

#[tokio::test]
async fn the_unread_list_is_walked_page_by_page_and_back_again() {
    let store = Store::new().await;
    let left = seven(&store).await;
    let first = unread(&store, None, 3).await;
    assert_eq!((ids(&first), first.previous), (ids_of(&left[..3]), None));
    let second = unread(&store, first.next, 3).await;
    assert_eq!(ids(&second), ids_of(&left[3..6]));
    let third = unread(&store, second.next, 3).await;
    assert_eq!((ids(&third), third.next), (ids_of(&left[6..]), None));

    let second_again = unread(&store, third.previous, 3).await;
    assert_eq!(ids(&second_again), ids(&second));
    let first_again = unread(&store, second_again.previous, 3).await;
    assert_eq!((ids(&first_again), first_again.previous), (ids(&first), None));
}

#[tokio::test]
async fn a_page_that_holds_the_last_item_has_no_next() {
    let store = Store::new().await;
    seven(&store).await;
    for limit in [7, 100] {
        assert_eq!(all(&store, None, limit).await.next, None);
        assert_eq!(unread(&store, None, limit).await.next, None);
    }
    assert!(all(&store, None, 6).await.next.is_some() && unread(&store, None, 6).await.next.is_some());
}

#[tokio::test]
async fn what_is_created_later_is_found_by_the_cursor_to_what_is_newer() {
    let store = Store::new().await;
    let left = seven(&store).await;
    let second = all(&store, all(&store, None, 3).await.next, 3).await;
    let created = store.inbox.create(draft("ana", "Later")).await.unwrap();
    let newer = all(&store, second.previous, 10).await;
    assert_eq!(ids(&newer), [vec![created.id], ids_of(&left[..3])].concat());
    assert_eq!(newer.previous, None);
}

#[tokio::test]
async fn a_read_notification_stays_in_the_list_and_leaves_the_unread_one() {
    let store = Store::new().await;
    let left = seven(&store).await;
    store.act(&user("ana"), left[2].id, Action::MarkRead).await.unwrap();
    assert_eq!(ids(&all(&store, None, 10).await), ids_of(&left));
    let still: Vec<_> = left.iter().filter(|one| one.id != left[2].id).copied().collect();
    assert_eq!(ids(&unread(&store, None, 10).await), ids_of(&still));
}

#[tokio::test]
async fn what_is_read_while_the_unread_list_is_fetched_is_not_on_it() {
    let store = Store::new().await;
    let left = seven(&store).await;
    let ana = user("ana");
    // Between the look into the index and the fetch of what was found there.
    store.wire.order("BatchGetItem", Fault::Delay(Duration::from_millis(400)));
    let read = async {
        while store.wire.faults_left() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
        store.act(&ana, left[0].id, Action::MarkRead).await.unwrap();
    };
    let both = async { tokio::join!(unread(&store, None, 3), read) };
    let (page, ()) = Box::pin(timeout(Duration::from_secs(30), both)).await.unwrap();
    assert_eq!(ids(&page), ids_of(&left[1..3]));
    assert!(page.next.is_some());
}

#[tokio::test]
async fn archived_snoozed_and_deleted_notifications_are_not_in_the_inbox() {
    let store = Store::new().await;
    for status in [Status::Archived, Status::Snoozed, Status::Deleted] {
        store.insert(Stored::unread(OLD).status(status).of("ana")).await;
    }
    let kept = Stored::unread(2 * OLD);
    store.insert(kept.of("ana")).await;
    assert_eq!(ids(&all(&store, None, 10).await), [kept.id]);
    assert_eq!(ids(&unread(&store, None, 10).await), [kept.id]);
}

#[tokio::test]
async fn a_page_is_filled_up_past_what_is_deleted() {
    let store = Store::new().await;
    let left = Stored::many(11);
    let (deleted, kept) = left.split_at(9);
    store.insert_all(deleted.iter().map(|left| left.status(Status::Deleted).of("ana"))).await;
    store.insert_all(kept.iter().map(|left| left.of("ana"))).await;
    let page = all(&store, None, 2).await;
    assert_eq!((ids(&page), page.next), (ids_of(kept), None));
}

#[tokio::test]
async fn the_unread_list_ends_at_the_watermark() {
    let store = Store::new().await;
    let left = seven(&store).await;
    store.insert(meta("ana", &[left[4].state.changed])).await;
    let page = unread(&store, None, 10).await;
    assert_eq!((ids(&page), page.next), (ids_of(&left[..4]), None));
    // A cursor from before the watermark moved leads to nothing, not to an error.
    store.insert(meta("ana", &[mark(0)])).await;
    let stale = unread(&store, Some(unread_cursor(&left[5])), 10).await;
    assert!(stale.items.is_empty());
}

fn unread_cursor(left: &Stored) -> Cursor {
    Cursor { direction: Direction::Older, position: left.state.changed.into() }
}

#[tokio::test]
async fn nobody_sees_anothers_notifications() {
    let store = Store::new().await;
    seven(&store).await;
    let bruno = user("bruno");
    for listing in Listing::ALL {
        assert_eq!(store.listed(&bruno, listing).await, [], "{listing:?}");
    }
    assert_eq!(store.inbox.counts(&bruno).await.unwrap(), Counts { unread: 0, unseen: 0 });
}

#[tokio::test]
async fn the_newest_unread_are_counted_to_the_cap_and_all_of_them_exactly() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Stored::many(105);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    let (calls, newest) = store.calls_of(store.inbox.newest_unread(&ana)).await;
    let newest = newest.unwrap();
    assert_eq!(operations(&calls), ["Query"]);
    let below = |index: usize| Watermarks { read: Some(left[index].state.changed), ..Watermarks::default() };
    assert_eq!(newest.count(&Watermarks::default()), 100);
    assert_eq!(newest.count(&below(104)), 100);
    assert_eq!(newest.count(&below(30)), 30);
    assert_eq!(store.view(&ana, Listing::Archived).await.unread_count, 100, "beside a list, to the cap");
    assert_eq!(store.unread(&ana).await, 105);
    store.insert(meta("ana", &[left[30].state.changed])).await;
    assert_eq!(store.unread(&ana).await, 30);
    assert_eq!(store.view(&ana, Listing::Archived).await.unread_count, 30);
}

#[tokio::test]
async fn a_page_the_marks_and_the_count_cost_three_reads_and_one_more_for_what_the_index_finds() {
    let store = Store::new().await;
    seven(&store).await;
    for (listing, status) in [(Listing::Archived, Status::Archived), (Listing::Snoozed, Status::Snoozed)] {
        store.insert(Stored::unread(2 * OLD).status(status).of("ana")).await;
        assert_eq!(cost(&store, listing).await, ["BatchGetItem", "GetItem", "Query", "Query"], "{listing:?}");
    }
    assert_eq!(cost(&store, Listing::Unread).await, ["BatchGetItem", "GetItem", "Query", "Query"]);
    assert_eq!(cost(&store, Listing::All).await, ["GetItem", "Query", "Query"]);
    store.insert(meta("ana", &[mark(0)])).await;
    assert_eq!(cost(&store, Listing::Read).await, ["GetItem", "Query", "Query"]);
}

/// The operations, sorted: some run at the same time.
async fn cost(store: &Store, listing: Listing) -> Vec<String> {
    let ana = user("ana");
    let (calls, _) = store.calls_of(store.page(&ana, listing, None, 3)).await;
    let mut names: Vec<_> = operations(&calls).into_iter().map(str::to_owned).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_read_is_strongly_consistent() {
    let store = Store::new().await;
    let left = seven(&store).await;
    let ana = user("ana");
    store.wire.take_calls();
    for listing in Listing::ALL {
        store.view(&ana, listing).await;
    }
    store.inbox.get(&ana, left[0].id).await.unwrap();
    store.inbox.counts(&ana).await.unwrap();
    store.inbox.newest_unread(&ana).await.unwrap();
    let calls = store.wire.take_calls();
    assert_eq!(calls.len(), 16 + 1 + 2 + 1);
    assert!(strong(&calls));
    let (calls, _) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert!(strong(&calls[1..]), "what mark all looks at");
}
