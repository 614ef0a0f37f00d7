//! Writes that are carried out after their caller has given them up and tried again.

use std::time::Duration;

use belfry_cloud::{aws::ATTEMPT_TIMEOUT, clock};
use belfry_domain::{Action, Status};
use belfry_dynamo::Fault;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    support::{
        draft,
        edits::edit,
        left::{LATER, OLD, Stored, snoozer},
        store::Store,
        user, with_each_action,
    },
    updated_changes,
};

/// How long after its retry the first attempt lands.
const AFTER: Duration = Duration::from_secs(1);

/// How long it takes until that is over.
const OVER: Duration = Duration::from_millis(1_500);

/// Where an action starts from, and what its owner does right after it.
fn before_and_after(action: Action) -> (Status, Option<Action>) {
    match action {
        Action::MarkRead => (Status::Unread, Some(Action::MarkUnread)),
        Action::MarkUnread => (Status::Read, Some(Action::MarkRead)),
        Action::Archive => (Status::Unread, Some(Action::Unarchive)),
        Action::Unarchive => (Status::Archived, Some(Action::Archive)),
        Action::Snooze(until) => (Status::Unread, Some(Action::Snooze(until.plus_millis(LATER)))),
        Action::Delete => (Status::Unread, None),
    }
}

#[tokio::test]
async fn an_action_that_lands_late_undoes_nothing_that_came_after_it() {
    with_each_action(async |action| {
        let (store, ana) = (Store::new().await, user("ana"));
        let (status, next) = before_and_after(action);
        let left = Stored::unread(OLD).status(status);
        store.insert(left.of("ana")).await;
        if matches!(action, Action::Snooze(_)) {
            store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
        }
        store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + AFTER));
        let (calls, _) = store.calls_of(store.act(&ana, left.id, action)).await;
        assert_eq!(store.state(&ana, left.id).await.changed, updated_changes(&calls)[1], "the retry's");
        if let Some(next) = next {
            store.act(&ana, left.id, next).await.unwrap();
        }
        let standing = store.notification_item(&ana, left.id).await;
        sleep(OVER).await;
        assert_eq!(store.notification_item(&ana, left.id).await, standing, "{action:?}");
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_lands_late_undoes_nothing_that_came_after_it() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + AFTER));
    edit(&store.inbox, &ana, left.id, json!({ "title": "First" })).await.unwrap();
    edit(&store.inbox, &ana, left.id, json!({ "title": "Second" })).await.unwrap();
    let standing = store.notification_item(&ana, left.id).await;
    assert_eq!(standing["title"].as_s().unwrap(), "Second");
    sleep(OVER).await;
    assert_eq!(store.notification_item(&ana, left.id).await, standing);
}

#[tokio::test]
async fn a_wake_that_lands_late_does_not_wake_what_was_put_to_sleep_again() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = Stored::unread(OLD).snoozed(-1);
    store.insert_all([snoozer("ana"), due.of("ana")]).await;
    store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + AFTER));
    assert_eq!(store.unread(&ana).await, 1);
    let until = clock::now().plus_millis(LATER);
    store.act(&ana, due.id, Action::Snooze(until)).await.unwrap();
    sleep(OVER).await;
    assert_eq!(store.unread(&ana).await, 0);
    assert_eq!(store.inbox.get(&ana, due.id).await.unwrap().unwrap().snoozed_until, Some(until));
}

/// The moves of both marks are only ever forward, so an old one has nowhere to go.
#[tokio::test]
async fn a_mark_that_lands_late_moves_nothing() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(3);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + AFTER));
    assert_eq!(store.inbox.mark_seen(&ana, Some(left[1].state.changed)).await.unwrap(), 1);
    store.inbox.mark_seen(&ana, Some(left[0].state.changed)).await.unwrap();
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 3);
    let standing = store.item(&ana, "meta").await;
    sleep(OVER).await;
    assert_eq!(store.item(&ana, "meta").await, standing);
}

#[tokio::test]
async fn marking_all_that_lands_late_reads_nothing_that_was_marked_unread_since() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Young")).await.unwrap().id;
    store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + AFTER));
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
    store.act(&ana, id, Action::MarkUnread).await.unwrap();
    sleep(OVER).await;
    assert_eq!(store.unread(&ana).await, 1);
}
