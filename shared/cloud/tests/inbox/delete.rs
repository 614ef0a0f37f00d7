//! Deleting, and the tombstone that is left: rules 3 and 15 of `docs/consistency.md`.

use belfry_cloud::{Listing, clock};
use belfry_domain::Status;

use crate::support::{
    draft,
    left::{OLD, Stored},
    store::{RETENTION_DAYS, Store, attributes, operations},
    user,
};

#[tokio::test]
async fn a_tombstone_keeps_no_content() {
    let store = Store::new().await;
    let left = Stored::unread(OLD).status(Status::Read);
    store.insert(left.of("ana")).await;
    let (calls, deleted) = store.calls_of(store.inbox.delete(&user("ana"), left.id)).await;
    assert!(deleted.unwrap());
    assert_eq!(operations(&calls), ["UpdateItem"]);
    let tombstone = store.notification_item(&user("ana"), left.id).await;
    assert_eq!(attributes(&tombstone), ["changed", "expires_at", "item", "state", "user"]);
    let state = store.state(&user("ana"), left.id).await;
    assert_eq!(state.status, Status::Deleted);
    assert!(state.changed > left.state.changed);
    assert_eq!(tombstone["changed"].as_s().unwrap(), &state.changed.to_string());
}

#[tokio::test]
async fn a_tombstone_is_kept_for_the_retention_from_now_on() {
    let store = Store::new().await;
    let left = Stored::unread(OLD).expires_in(60);
    store.insert(left.of("ana")).await;
    let seconds = i64::from(RETENTION_DAYS) * 24 * 60 * 60;
    let before = clock::now().as_seconds();
    assert!(store.inbox.delete(&user("ana"), left.id).await.unwrap());
    let end = store.notification_item(&user("ana"), left.id).await["expires_at"].as_n().unwrap().clone();
    assert!((before + seconds..=clock::now().as_seconds() + seconds).contains(&end.parse().unwrap()));
}

#[tokio::test]
async fn deleting_again_is_true_and_changes_nothing() {
    let store = Store::new().await;
    let ana = user("ana");
    let id = store.inbox.create(draft("ana", "Hi")).await.unwrap().id;
    assert!(store.inbox.delete(&ana, id).await.unwrap());
    let tombstone = store.notification_item(&ana, id).await;
    assert!(store.inbox.delete(&ana, id).await.unwrap());
    assert_eq!(store.notification_item(&ana, id).await, tombstone);
}

#[tokio::test]
async fn every_living_letter_can_be_deleted_and_is_gone_from_every_read() {
    let store = Store::new().await;
    let ana = user("ana");
    let living = [Status::Unread, Status::Read, Status::Archived, Status::Snoozed];
    for status in living {
        let left = Stored::unread(OLD).status(status);
        store.insert(left.of("ana")).await;
        assert!(store.inbox.delete(&ana, left.id).await.unwrap(), "{status:?}");
        assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), None);
    }
    for listing in Listing::ALL {
        assert_eq!(store.listed(&ana, listing).await, [], "{listing:?}");
    }
    assert_eq!(store.unread(&ana).await, 0);
    assert_eq!(store.size().await, 4);
}

#[tokio::test]
async fn a_notification_ahead_of_this_clock_is_deleted_just_past_its_change() {
    let store = Store::new().await;
    let ahead = Stored::unread(-3_600_000);
    store.insert(ahead.of("ana")).await;
    assert!(store.inbox.delete(&user("ana"), ahead.id).await.unwrap());
    let state = store.state(&user("ana"), ahead.id).await;
    assert_eq!((state.status, state.changed), (Status::Deleted, ahead.state.changed.successor()));
}
