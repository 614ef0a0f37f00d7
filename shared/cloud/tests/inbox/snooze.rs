//! Putting a notification to sleep.

use std::time::Duration;

use belfry_cloud::{Listing, StoreError, clock, inbox::Counts};
use belfry_domain::{Action, Status};
use belfry_dynamo::Fault;
use tokio::time::sleep;

use crate::support::{
    draft,
    left::{LATER, OLD, Stored},
    store::{Store, attributes, operations, said},
    user,
};

#[tokio::test]
async fn what_sleeps_is_on_no_list_but_its_own_and_in_no_count() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Not now")).await.unwrap().id;
    let until = clock::now().plus_millis(LATER);
    let asleep = store.act(&ana, id, Action::Snooze(until)).await.unwrap().unwrap();
    assert_eq!((asleep.state.status, asleep.snoozed_until), (Status::Snoozed, Some(until)));
    for listing in Listing::ALL {
        let expected = if listing == Listing::Snoozed { vec![id] } else { vec![] };
        assert_eq!(store.listed(&ana, listing).await, expected, "{listing:?}");
    }
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 0, unseen: 0 });
    let view = store.view(&ana, Listing::Snoozed).await;
    assert_eq!(view.unread_count, 0);
    assert_eq!(view.page.items[0].view(&view.marks).snoozed_until, Some(until));
}

#[tokio::test]
async fn that_somebody_snoozes_is_noted_before_the_snooze() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Not now")).await.unwrap().id;
    assert!(!store.inbox.watermarks(&ana).await.unwrap().has_snoozed);
    let snooze = Action::Snooze(clock::now().plus_millis(LATER));
    let (calls, _) = store.calls_of(store.act(&ana, id, snooze)).await;
    assert_eq!(said(&calls, "UpdateItem", "/Key/item/S"), ["meta".to_owned(), format!("n#{id}")]);
    assert!(store.inbox.watermarks(&ana).await.unwrap().has_snoozed);
    let meta = store.item(&ana, "meta").await.unwrap();
    assert_eq!(attributes(&meta), ["expires_at", "has_snoozed", "item", "user"]);
}

#[tokio::test]
async fn what_could_not_be_noted_is_not_snoozed() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    (0..5).for_each(|_| store.wire.order("UpdateItem", Fault::Throttle));
    let snooze = Action::Snooze(clock::now().plus_millis(LATER));
    let refused = store.act(&ana, left.id, snooze).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    assert_eq!(store.notification_item(&ana, left.id).await, left.of("ana"));
}

#[tokio::test]
async fn the_note_stands_beside_the_marks() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(2);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    let snooze = Action::Snooze(clock::now().plus_millis(LATER));
    store.act(&ana, left[0].id, snooze).await.unwrap();
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1, "what sleeps is left alone");
    store.inbox.mark_seen(&ana, Some(left[0].state.changed)).await.unwrap();
    let before = store.inbox.watermarks(&ana).await.unwrap();
    assert!(before.has_snoozed && before.read.is_some() && before.seen.is_some());
    store.act(&ana, left[1].id, snooze).await.unwrap();
    assert_eq!(store.inbox.watermarks(&ana).await.unwrap(), before);
    assert_eq!(store.listed(&ana, Listing::Snoozed).await, [left[1].id, left[0].id]);
}

#[tokio::test]
async fn what_is_snoozed_again_sleeps_until_the_other_time_earlier_or_later() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Not now")).await.unwrap().id;
    let mut changed = store.state(&ana, id).await.changed;
    for millis in [LATER, 2 * LATER, LATER / 2, LATER / 2] {
        let until = clock::now().plus_millis(millis);
        let asleep = store.act(&ana, id, Action::Snooze(until)).await.unwrap().unwrap();
        assert_eq!(asleep.snoozed_until, Some(until));
        assert!(asleep.state.changed > changed);
        assert_eq!(store.inbox.get(&ana, id).await.unwrap().as_ref(), Some(&asleep));
        changed = asleep.state.changed;
    }
}

#[tokio::test]
async fn two_writers_behind_the_same_notification_snooze_it_to_one_time_of_theirs() {
    let (store, ana) = (Store::new().await, user("ana"));
    for _ in 0..10 {
        let ahead = Stored::unread(-LATER);
        store.insert(ahead.of("ana")).await;
        let until = clock::now().plus_millis(LATER);
        let snooze = |until| store.act(&ana, ahead.id, Action::Snooze(until));
        let (one, other) = tokio::join!(snooze(until), snooze(until.plus_millis(1)));
        let (one, other) = (one.unwrap().unwrap(), other.unwrap().unwrap());
        assert_eq!((one.snoozed_until, other.snoozed_until), (Some(until), Some(until.plus_millis(1))));
        assert_ne!(one.state, other.state, "each answer is of a change of its own");
        let last = if one.state.changed > other.state.changed { one } else { other };
        assert_eq!(store.inbox.get(&ana, ahead.id).await.unwrap(), Some(last));
    }
}

#[tokio::test]
async fn what_is_in_the_archive_is_not_put_to_sleep() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD).status(Status::Archived);
    store.insert(left.of("ana")).await;
    let snooze = Action::Snooze(clock::now().plus_millis(50));
    let answer = store.act(&ana, left.id, snooze).await.unwrap().unwrap();
    assert_eq!((answer.state, answer.snoozed_until), (left.state, None));
    sleep(Duration::from_millis(60)).await;
    assert_eq!(store.listed(&ana, Listing::Archived).await, [left.id]);
    assert_eq!(store.notification_item(&ana, left.id).await, left.of("ana"));
}

#[tokio::test]
async fn marking_read_what_sleeps_costs_one_refused_write_and_what_is_due_is_woken_first() {
    let (store, ana) = (Store::new().await, user("ana"));
    let (asleep, due) = (Stored::unread(OLD).snoozed(LATER), Stored::unread(OLD).snoozed(-1));
    store.insert_all([asleep.of("ana"), due.of("ana")]).await;
    let (calls, _) = store.calls_of(store.act(&ana, asleep.id, Action::MarkRead)).await;
    assert_eq!(operations(&calls), ["GetItem", "UpdateItem"]);
    let (calls, read) = store.calls_of(store.act(&ana, due.id, Action::MarkRead)).await;
    let wakes = ["GetItem", "GetItem", "UpdateItem"];
    assert_eq!(operations(&calls), [&["GetItem", "UpdateItem"], &wakes[..], &wakes[..]].concat());
    assert_eq!(read.unwrap().unwrap().state.status, Status::Read);
    assert_eq!(store.listed(&ana, Listing::Read).await, [due.id]);
}
