//! Marking everything read: rules 4 and 10 of `docs/consistency.md`.

use std::time::Duration;

use belfry_cloud::{Listing, clock};
use belfry_domain::{
    ChangeId, Status, Timestamp, Watermarks,
    edit::MAX_SNOOZE_MILLIS,
    watermark::{HISTORY, READ_LAG_MILLIS},
};
use belfry_dynamo::Fault;

use crate::support::{
    draft,
    left::{OLD, Stored, mark, meta},
    store::{RETENTION_DAYS, Store, operations},
    user,
};

#[tokio::test]
async fn three_hundred_old_notifications_are_read_by_one_write() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Stored::many(300);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    let one = left[150];

    let before = clock::now();
    let (calls, marked) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert_eq!(marked.unwrap(), 300);
    assert_eq!(
        operations(&calls),
        ["UpdateItem", "Query", "Query"],
        "the newest by name, the rest by number"
    );

    let marks = store.inbox.watermarks(&ana).await.unwrap();
    let read = store.inbox.get(&ana, one.id).await.unwrap().unwrap();
    assert_eq!(read.state, one.state, "the item itself is not written");
    let view = read.view(&marks);
    assert!(view.is_read && view.read_at.is_some_and(|at| (before..=clock::now()).contains(&at)));
    assert_eq!(store.unread(&ana).await, 0);
    assert_eq!(store.inbox.newest_unread(&ana).await.unwrap().count(&marks), 0);
    assert_eq!(store.listed(&ana, Listing::Unread).await, []);
    assert_eq!(store.listed(&ana, Listing::Read).await, store.listed(&ana, Listing::All).await);
}

#[tokio::test]
async fn what_is_younger_than_the_lag_is_marked_one_by_one() {
    let store = Store::new().await;
    let ana = user("ana");
    store.insert_all(Stored::many(3).iter().map(|left| left.of("ana"))).await;
    let first = store.inbox.create(draft("ana", "1")).await.unwrap();
    let second = store.inbox.create(draft("ana", "2")).await.unwrap();
    let (calls, marked) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert_eq!(marked.unwrap(), 5);
    assert_eq!(operations(&calls), ["UpdateItem", "Query", "UpdateItem", "UpdateItem"]);
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    for created in [first, second] {
        let read = store.inbox.get(&ana, created.id).await.unwrap().unwrap();
        assert_eq!(read.state.status, Status::Read);
        assert!(read.state.changed > created.state.changed && read.read_at.is_some());
        assert!(marks.read < Some(created.state.changed), "the watermark stays behind the clock");
    }
    assert_eq!(store.unread(&ana).await, 0);
}

#[tokio::test]
async fn what_is_ahead_of_this_clock_is_marked_just_past_its_change() {
    let store = Store::new().await;
    let ahead = Stored::unread(-3_600_000);
    store.insert(ahead.of("ana")).await;
    assert_eq!(store.inbox.mark_all_read(&user("ana")).await.unwrap(), 1);
    let state = store.state(&user("ana"), ahead.id).await;
    assert_eq!((state.status, state.changed), (Status::Read, ahead.state.changed.successor()));
}

#[tokio::test]
async fn marking_all_again_marks_nothing_and_what_comes_later_is_unread() {
    let store = Store::new().await;
    let ana = user("ana");
    store.insert(Stored::unread(OLD).of("ana")).await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 0);
    let created = store.inbox.create(draft("ana", "Later")).await.unwrap();
    assert!(!store.inbox.watermarks(&ana).await.unwrap().is_read(created.state));
    assert_eq!(store.unread(&ana).await, 1);
}

#[tokio::test]
async fn nothing_of_another_user_is_marked() {
    let store = Store::new().await;
    store.insert_all([Stored::unread(OLD).of("bruno"), Stored::unread(1).of("bruno")]).await;
    assert_eq!(store.inbox.mark_all_read(&user("ana")).await.unwrap(), 0);
    assert_eq!(store.inbox.watermarks(&user("bruno")).await.unwrap().read, None);
    assert_eq!(store.unread(&user("bruno")).await, 2);
}

#[tokio::test]
async fn the_watermark_never_goes_back() {
    let store = Store::new().await;
    let ana = user("ana");
    // Another instance, whose clock is ahead, was here before.
    let ahead = mark(-3_600_000);
    store.insert(meta("ana", &[ahead])).await;
    let covered = Stored::unread(1);
    store.insert(covered.of("ana")).await;
    let before = store.item(&ana, "meta").await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 0);
    assert_eq!(store.item(&ana, "meta").await, before);
    assert_eq!(store.state(&ana, covered.id).await, covered.state);
}

#[tokio::test]
async fn more_than_a_page_of_what_is_newer_is_read_one_by_one_and_more_than_a_page_of_the_old_counted() {
    let (store, ana) = (Store::new().await, user("ana"));
    let newer: Vec<_> = (0..130).map(|at| Stored::unread(1 + at)).collect();
    store.insert_all(newer.iter().chain(&Stored::many(120)).map(|left| left.of("ana"))).await;
    let (calls, marked) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert_eq!((marked.unwrap(), store.unread(&ana).await), (250, 0));
    let queries = operations(&calls).iter().filter(|name| **name == "Query").count();
    assert_eq!((queries, calls.len()), (3, 1 + 3 + newer.len()));
}

#[tokio::test]
async fn what_changes_between_the_look_and_the_write_stays_as_its_owner_left_it() {
    let store = Store::new().await;
    let ana = user("ana");
    let created = store.inbox.create(draft("ana", "Hi")).await.unwrap();
    store.wire.take_calls();
    // The watermark at once, the notification after the owner has deleted it on another device.
    store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    store.wire.order("UpdateItem", Fault::Delay(Duration::from_millis(400)));
    let delete = async {
        while store.wire.faults_left() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        store.inbox.delete(&ana, created.id).await.unwrap()
    };
    let both = async { tokio::join!(store.inbox.mark_all_read(&ana), delete) };
    let (marked, deleted) = tokio::time::timeout(Duration::from_secs(30), Box::pin(both)).await.unwrap();
    assert!(marked.is_ok() && deleted);
    assert_eq!(store.state(&ana, created.id).await.status, Status::Deleted);
}

#[tokio::test]
async fn every_mark_is_remembered_newest_first_for_longer_than_what_it_covers() {
    let store = Store::new().await;
    let ana = user("ana");
    let earlier = mark(OLD);
    store.insert(meta("ana", &[earlier])).await;
    let before = clock::now();
    store.inbox.mark_all_read(&ana).await.unwrap();
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    let now = marks.read.unwrap().timestamp().plus_millis(READ_LAG_MILLIS);
    assert!((before..=clock::now()).contains(&now));
    assert_eq!(moved_to(&marks), [marks.read.unwrap(), earlier]);
    assert!((now..=clock::now()).contains(&marks.read_history[0].at));

    let end: i64 = store.item(&ana, "meta").await.unwrap()["expires_at"].as_n().unwrap().parse().unwrap();
    let days = i64::from(RETENTION_DAYS) + 1;
    assert!(end >= before.as_seconds() + MAX_SNOOZE_MILLIS / 1000 + days * 24 * 60 * 60);
}

fn moved_to(marks: &Watermarks) -> Vec<ChangeId> {
    marks.read_history.iter().map(|moved| moved.to).collect()
}

#[tokio::test]
async fn the_history_is_cut_in_half_when_it_is_twice_as_long_as_it_should_be() {
    let store = Store::new().await;
    let ana = user("ana");
    let marks: Vec<_> = (6..).take(2 * HISTORY).map(|minutes| mark(minutes * 60_000)).collect();

    store.insert(meta("ana", &marks[..2 * HISTORY - 2])).await;
    let (calls, _) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert_eq!(operations(&calls), ["UpdateItem", "Query"]);
    assert_eq!(store.inbox.watermarks(&ana).await.unwrap().read_history.len(), 2 * HISTORY - 1);

    store.insert(meta("ana", &marks[..2 * HISTORY - 1])).await;
    let (calls, _) = store.calls_of(store.inbox.mark_all_read(&ana)).await;
    assert_eq!(operations(&calls), ["UpdateItem", "UpdateItem", "Query"]);
    let kept = store.inbox.watermarks(&ana).await.unwrap();
    assert_eq!(kept.read_history.len(), HISTORY);
    assert_eq!(moved_to(&kept).first(), kept.read.as_ref());
    assert_eq!(moved_to(&kept)[1..], marks[..HISTORY - 1]);
}

#[tokio::test]
async fn an_old_reading_is_dated_by_the_oldest_mark_that_is_left() {
    let store = Store::new().await;
    let ana = user("ana");
    let marks = [mark(10_000), mark(20_000), mark(30_000)];
    store.insert(meta("ana", &marks)).await;
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let found = store.inbox.get(&ana, left.id).await.unwrap().unwrap();
    let marks_now = store.inbox.watermarks(&ana).await.unwrap();
    let dated: Timestamp = marks[2].timestamp().plus_millis(READ_LAG_MILLIS);
    assert_eq!(found.view(&marks_now).read_at, Some(dated));
}
