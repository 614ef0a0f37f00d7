//! Waking what is due: rule 7 of `docs/consistency.md`. Whoever reads an inbox does it.

use std::time::Duration;

use belfry_cloud::{Listing, clock, inbox::Counts};
use belfry_domain::{Action, NotificationId, Status, UserId};
use belfry_dynamo::Fault;
use futures::future::join_all;
use tokio::time::{sleep, timeout};

use crate::support::{
    draft,
    left::{LATER, OLD, Stored, mark, meta, snoozer},
    store::{RETENTION_DAYS, Store, attributes, operations},
    user,
};

/// Somebody with one notification that is due.
async fn with_due(store: &Store, owner: &UserId) -> Stored {
    let due = Stored::unread(OLD).snoozed(-1).read(OLD);
    store.insert_all([snoozer(owner.as_str()), due.of(owner.as_str())]).await;
    due
}

#[tokio::test]
async fn every_list_wakes_what_is_due_before_it_is_shown() {
    let store = Store::new().await;
    for listing in Listing::ALL {
        let owner = user(listing.name());
        let due = with_due(&store, &owner).await;
        let view = store.view(&owner, listing).await;
        let expected = if matches!(listing, Listing::All | Listing::Unread) { vec![due.id] } else { vec![] };
        assert_eq!(view.page.items.iter().map(|item| item.id).collect::<Vec<_>>(), expected, "{listing:?}");
        assert_eq!(view.unread_count, 1, "{listing:?}");
        assert_eq!(store.state(&owner, due.id).await.status, Status::Unread, "{listing:?}");
    }
}

#[tokio::test]
async fn the_counts_wake_what_is_due() {
    let (store, ana) = (Store::new().await, user("ana"));
    with_due(&store, &ana).await;
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 1, unseen: 1 });
}

#[tokio::test]
async fn marking_all_wakes_what_is_due_and_reads_it() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = with_due(&store, &ana).await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
    assert_eq!(store.state(&ana, due.id).await.status, Status::Read);
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 0, unseen: 0 });
}

#[tokio::test]
async fn what_wakes_is_news_dated_now_and_kept_like_a_new_one() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = with_due(&store, &ana).await;
    let before = clock::now();
    store.view(&ana, Listing::All).await;
    let state = store.state(&ana, due.id).await;
    assert!((before..=clock::now()).contains(&state.changed.timestamp()));
    let item = store.notification_item(&ana, due.id).await;
    assert!(!attributes(&item).iter().any(|name| ["read_at", "snoozed_until"].contains(name)));
    let end: i64 = item["expires_at"].as_n().unwrap().parse().unwrap();
    assert!(end >= before.as_seconds() + i64::from(RETENTION_DAYS) * 24 * 60 * 60);
}

#[tokio::test]
async fn nothing_wakes_before_its_time() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Soon")).await.unwrap().id;
    let until = clock::now().plus_millis(400);
    store.act(&ana, id, Action::Snooze(until)).await.unwrap();
    loop {
        let before = clock::now();
        let view = store.view(&ana, Listing::All).await;
        let after = clock::now();
        assert!(view.page.items.is_empty() || after >= until, "awake {} too early", until.as_millis());
        assert!(!view.page.items.is_empty() || before < until, "still asleep");
        if before >= until {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.unread(&ana).await, 1);
}

#[tokio::test]
async fn twenty_readers_at_once_wake_everything_once() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due: Vec<_> = (0..5).map(|_| Stored::unread(OLD).snoozed(-1)).collect();
    store.insert(snoozer("ana")).await;
    store.insert_all(due.iter().map(|left| left.of("ana"))).await;
    let views = join_all((0..20).map(|_| store.view(&ana, Listing::Unread))).await;
    for left in due {
        let state = store.state(&ana, left.id).await;
        for view in &views {
            let shown = view.page.items.iter().find(|item| item.id == left.id).unwrap();
            assert_eq!(shown.state, state, "woken twice");
            assert_eq!((view.page.items.len(), view.unread_count), (5, 5));
        }
    }
}

#[tokio::test]
async fn more_than_is_woken_at_the_same_time_is_woken_all_the_same() {
    let (store, ana) = (Store::new().await, user("ana"));
    store.insert(snoozer("ana")).await;
    for _ in 0..40 {
        store.insert(Stored::unread(OLD).snoozed(-1).of("ana")).await;
    }
    assert_eq!(store.unread(&ana).await, 40);
    assert_eq!(store.listed(&ana, Listing::Snoozed).await, []);
}

#[tokio::test]
async fn what_is_woken_by_a_clock_behind_it_goes_just_past_its_change() {
    let (store, ana) = (Store::new().await, user("ana"));
    let ahead = Stored::unread(-LATER).snoozed(-1);
    store.insert_all([snoozer("ana"), ahead.of("ana")]).await;
    assert_eq!(store.unread(&ana).await, 1);
    assert_eq!(store.state(&ana, ahead.id).await.changed, ahead.state.changed.successor());
}

#[tokio::test]
async fn who_never_snoozed_pays_nothing_and_who_did_one_query_and_another_look() {
    let (store, ana) = (Store::new().await, user("ana"));
    store.insert_all([meta("ana", &[mark(OLD)]), Stored::unread(1).of("ana")]).await;
    let calls = |calls: &[belfry_dynamo::Call]| operations(calls).len();
    let (list, _) = store.calls_of(store.view(&ana, Listing::All)).await;
    let (count, _) = store.calls_of(store.inbox.counts(&ana)).await;
    assert_eq!((calls(&list), calls(&count)), (3, 2));
    let asleep = Stored::unread(OLD).snoozed(LATER);
    store.insert_all([snoozer("ana"), asleep.of("ana")]).await;
    let (list, _) = store.calls_of(store.view(&ana, Listing::All)).await;
    let (count, _) = store.calls_of(store.inbox.counts(&ana)).await;
    assert_eq!((calls(&list), calls(&count)), (7, 3));
}

/// A reader's wake, held up until its owner has done something else on another device.
async fn held_up(action: Action) -> (Store, NotificationId) {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = with_due(&store, &ana).await;
    store.wire.order("UpdateItem", Fault::Delay(Duration::from_millis(500)));
    let act = async {
        while store.wire.faults_left() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
        store.act(&ana, due.id, action).await.unwrap();
        store.state(&ana, due.id).await
    };
    let both = async { tokio::join!(store.view(&ana, Listing::Unread), act) };
    let (view, done) = timeout(Duration::from_secs(30), Box::pin(both)).await.unwrap();
    assert_eq!(store.state(&ana, due.id).await, done, "{action:?} was faster");
    assert_eq!((view.page.items.len(), view.unread_count), (0, 0));
    (store, due.id)
}

#[tokio::test]
async fn a_wake_that_races_another_snooze_loses() {
    let until = clock::now().plus_millis(LATER);
    let (store, id) = held_up(Action::Snooze(until)).await;
    let asleep = store.inbox.get(&user("ana"), id).await.unwrap().unwrap();
    assert_eq!((asleep.state.status, asleep.snoozed_until), (Status::Snoozed, Some(until)));
}

#[tokio::test]
async fn a_wake_that_races_an_archive_a_reading_or_a_delete_loses() {
    for action in [Action::Archive, Action::MarkRead, Action::Delete] {
        let (store, id) = held_up(action).await;
        assert_eq!(store.state(&user("ana"), id).await.status, action.to());
    }
}

#[tokio::test]
async fn what_has_expired_in_its_sleep_does_not_wake() {
    let (store, ana) = (Store::new().await, user("ana"));
    let expired = Stored::unread(OLD).snoozed(-1).expired(1);
    store.insert_all([snoozer("ana"), expired.of("ana")]).await;
    assert_eq!(store.unread(&ana).await, 0);
    assert_eq!(store.notification_item(&ana, expired.id).await, expired.of("ana"));
}
