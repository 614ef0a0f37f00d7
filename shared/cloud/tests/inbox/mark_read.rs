//! Marking one notification read: rule 3 of `docs/consistency.md`.

use belfry_cloud::clock;
use belfry_domain::{Action, Status};

use crate::support::{
    draft,
    left::{OLD, Stored},
    store::{Store, operations},
    user,
};

#[tokio::test]
async fn a_read_notification_has_a_newer_change_and_the_time_it_was_read() {
    let store = Store::new().await;
    let ana = user("ana");
    let created = store.inbox.create(draft("ana", "Hi")).await.unwrap();
    let before = clock::now();
    let (calls, read) = store.calls_of(store.act(&ana, created.id, Action::MarkRead)).await;
    let read = read.unwrap().unwrap();
    assert_eq!(operations(&calls), ["GetItem", "UpdateItem"]);
    assert_eq!(read.state.status, Status::Read);
    assert!(read.state.changed > created.state.changed);
    assert!(read.read_at.is_some_and(|at| (before..=clock::now()).contains(&at)));
    assert_eq!(read.content, created.content);
    assert_eq!(store.inbox.get(&ana, created.id).await.unwrap(), Some(read));
    assert_eq!(store.unread(&ana).await, 0);
}

#[tokio::test]
async fn reading_again_changes_nothing_and_answers_with_the_first_reading() {
    let store = Store::new().await;
    let ana = user("ana");
    let id = store.inbox.create(draft("ana", "Hi")).await.unwrap().id;
    let first = store.act(&ana, id, Action::MarkRead).await.unwrap();
    let item = store.notification_item(&ana, id).await;
    assert_eq!(store.act(&ana, id, Action::MarkRead).await.unwrap(), first);
    assert_eq!(store.notification_item(&ana, id).await, item);
}

#[tokio::test]
async fn an_archived_or_snoozed_notification_stays_where_it_is() {
    let store = Store::new().await;
    for status in [Status::Archived, Status::Snoozed] {
        let left = Stored::unread(OLD).status(status);
        store.insert(left.of("ana")).await;
        let found = store.act(&user("ana"), left.id, Action::MarkRead).await.unwrap().unwrap();
        assert_eq!(found.state, left.state);
        assert_eq!(store.state(&user("ana"), left.id).await, left.state);
    }
}

#[tokio::test]
async fn a_notification_ahead_of_this_clock_is_read_just_past_its_change() {
    let store = Store::new().await;
    let ahead = Stored::unread(-3_600_000);
    store.insert(ahead.of("ana")).await;
    let read = store.act(&user("ana"), ahead.id, Action::MarkRead).await.unwrap().unwrap();
    assert_eq!((read.state.status, read.state.changed), (Status::Read, ahead.state.changed.successor()));
    assert_eq!(store.state(&user("ana"), ahead.id).await, read.state);
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let store = Store::new().await;
    let id = clock::mint_notification();
    assert_eq!(store.act(&user("ana"), id, Action::MarkRead).await.unwrap(), None);
    assert!(!store.inbox.delete(&user("ana"), id).await.unwrap());
    assert_eq!(store.size().await, 0);
}

#[tokio::test]
async fn a_deleted_notification_is_not_read() {
    let store = Store::new().await;
    let ana = user("ana");
    let id = store.inbox.create(draft("ana", "Hi")).await.unwrap().id;
    assert!(store.inbox.delete(&ana, id).await.unwrap());
    let tombstone = store.notification_item(&ana, id).await;
    assert_eq!(store.act(&ana, id, Action::MarkRead).await.unwrap(), None);
    assert_eq!(store.notification_item(&ana, id).await, tombstone);
}
