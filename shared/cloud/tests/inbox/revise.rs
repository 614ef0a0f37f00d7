//! Editing: rule 5 of `docs/consistency.md`.

use std::time::Duration;

use belfry_cloud::{Listing, StoreError, clock, inbox::Counts};
use belfry_domain::{Action, Notification, NotificationId, Status, edit::Revision};
use belfry_dynamo::Fault;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::support::{
    edits::edit,
    left::{LATER, OLD, Stored, mark, meta},
    store::{Store, attributes, operations},
    user,
};

/// What an edit of the title makes of it.
async fn retitled(store: &Store, id: NotificationId) -> Notification {
    let revised = edit(&store.inbox, &user("ana"), id, json!({ "title": "Anew" })).await.unwrap();
    let (revised, _) = revised.unwrap();
    assert_eq!(store.inbox.get(&user("ana"), id).await.unwrap().as_ref(), Some(&revised));
    assert_eq!(revised.content.title.as_str(), "Anew");
    revised
}

#[tokio::test]
async fn an_edit_keeps_everything_but_what_it_says_and_is_a_new_change() {
    let (store, ana) = (Store::new().await, user("ana"));
    for status in [Status::Unread, Status::Read, Status::Archived, Status::Snoozed] {
        let left = Stored::unread(OLD).status(status).expires_in(1_000);
        store.insert(left.of("ana")).await;
        let before = store.inbox.get(&ana, left.id).await.unwrap().unwrap();
        let revised = retitled(&store, left.id).await;
        assert_eq!(revised.state.status, status);
        assert!(revised.state.changed > left.state.changed);
        let mut expected = before.clone();
        (expected.state, expected.content.title) = (revised.state, revised.content.title.clone());
        assert_eq!(revised, expected);
    }
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 1, unseen: 1 });
}

#[tokio::test]
async fn what_a_watermark_has_read_stays_read_since_when_it_was() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(2 * OLD);
    store.insert_all([left.of("ana"), meta("ana", &[mark(OLD / 2), mark(OLD)])]).await;
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    let read_at = marks.read_at(left.state.changed);
    assert_eq!(read_at, Some(marks.read_history[1].at));
    let revised = retitled(&store, left.id).await;
    assert_eq!((revised.state.status, revised.read_at), (Status::Read, read_at));
    assert_eq!(revised.view(&marks).read_at, read_at);
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 0, unseen: 0 });
    assert_eq!(store.listed(&ana, Listing::Read).await, [left.id]);
}

#[tokio::test]
async fn what_is_left_out_of_the_new_content_is_taken_out_of_the_item() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let body =
        json!({ "category": "news", "redirect_url": "/there", "data": null, "related_object_id": "7" });
    edit(&store.inbox, &ana, left.id, body).await.unwrap();
    let common = ["changed", "expires_at", "item", "message", "notification_type"];
    let mut expected = common.to_vec();
    expected.extend(["state", "title", "user", "category", "redirect_url", "related_object_id"]);
    expected.sort_unstable();
    assert_eq!(attributes(&store.notification_item(&ana, left.id).await), expected);
    let body =
        json!({ "category": null, "redirect_url": null, "related_object_id": null, "data": { "a": [] } });
    edit(&store.inbox, &ana, left.id, body).await.unwrap();
    let mut expected = common.to_vec();
    expected.extend(["state", "title", "user", "data"]);
    expected.sort_unstable();
    assert_eq!(attributes(&store.notification_item(&ana, left.id).await), expected);
}

#[tokio::test]
async fn content_and_action_are_one_write_and_nothing_to_change_is_none() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let both = edit(&store.inbox, &ana, left.id, json!({ "title": "Anew", "archived": true }));
    let (calls, revised) = store.calls_of(both).await;
    assert_eq!(operations(&calls), ["GetItem", "GetItem", "UpdateItem"]);
    let (revised, _) = revised.unwrap().unwrap();
    assert_eq!((revised.state.status, revised.content.title.as_str()), (Status::Archived, "Anew"));
    let again = edit(&store.inbox, &ana, left.id, json!({ "title": "Anew", "archived": true }));
    let (calls, unchanged) = store.calls_of(again).await;
    assert_eq!(operations(&calls), ["GetItem", "GetItem"]);
    assert_eq!(unchanged.unwrap().unwrap().0, revised);
}

#[tokio::test]
async fn an_edit_that_snoozes_notes_it_first() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let until = clock::now().plus_millis(LATER);
    let snooze = edit(&store.inbox, &ana, left.id, json!({ "snoozed_until": until }));
    let (calls, revised) = store.calls_of(snooze).await;
    assert_eq!(operations(&calls), ["GetItem", "GetItem", "UpdateItem", "UpdateItem"]);
    assert_eq!(revised.unwrap().unwrap().0.snoozed_until, Some(until));
    assert!(store.inbox.watermarks(&ana).await.unwrap().has_snoozed);
    assert_eq!(store.listed(&ana, Listing::Snoozed).await, [left.id]);
    edit(&store.inbox, &ana, left.id, json!({ "snoozed_until": null })).await.unwrap();
    assert_eq!(store.listed(&ana, Listing::Unread).await, [left.id]);
}

/// An edit whose write is held up until its owner has done something on another device.
async fn held_up(action: Action) -> (Store, Stored, Option<Notification>, usize) {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::Delay(Duration::from_millis(500)));
    let mut asked = 0;
    let revise = store.inbox.revise::<StoreError>(&ana, left.id, |found, _| {
        asked += 1;
        let mut content = found.content.clone();
        content.title = "Anew".to_owned().try_into().unwrap();
        Ok(Revision { content: Some(content), action: None })
    });
    let act = async {
        while store.wire.faults_left() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
        store.act(&ana, left.id, action).await.unwrap();
    };
    let both = async { tokio::join!(revise, act) };
    let (revised, ()) = timeout(Duration::from_secs(30), Box::pin(both)).await.unwrap();
    let revised = revised.unwrap().map(|(notification, _)| notification);
    (store, left, revised, asked)
}

#[tokio::test]
async fn an_edit_that_meets_its_owner_is_decided_again_and_undoes_nothing() {
    let until = clock::now().plus_millis(LATER);
    for action in [Action::MarkRead, Action::Archive, Action::Snooze(until)] {
        let (store, left, revised, asked) = held_up(action).await;
        let revised = revised.unwrap();
        assert_eq!((revised.state.status, asked), (action.to(), 2));
        assert_eq!(revised.content.title.as_str(), "Anew");
        assert_eq!(store.inbox.get(&user("ana"), left.id).await.unwrap(), Some(revised));
    }
}

#[tokio::test]
async fn what_is_deleted_meanwhile_is_not_there() {
    let (store, left, revised, asked) = held_up(Action::Delete).await;
    assert_eq!((revised, asked), (None, 1));
    let tombstone = store.notification_item(&user("ana"), left.id).await;
    assert_eq!(attributes(&tombstone), ["changed", "expires_at", "item", "state", "user"]);
}

#[tokio::test]
async fn nobody_is_asked_about_what_is_not_there() {
    let (store, ana) = (Store::new().await, user("ana"));
    let deleted = Stored::unread(OLD).status(Status::Deleted);
    let (expired, absent, of_bruno) =
        (Stored::unread(OLD).expired(1), Stored::unread(OLD), Stored::unread(OLD));
    store.insert_all([deleted.of("ana"), expired.of("ana"), of_bruno.of("bruno")]).await;
    for left in [deleted, expired, absent, of_bruno] {
        let revised = store.inbox.revise::<StoreError>(&ana, left.id, |_, _| unreachable!("asked"));
        assert!(revised.await.unwrap().is_none());
    }
    assert_eq!(store.notification_item(&user("bruno"), of_bruno.id).await, of_bruno.of("bruno"));
}

#[tokio::test]
async fn whoever_refuses_to_decide_changes_nothing() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let revised = store.inbox.revise(&ana, left.id, |_, _| Err(StoreError::Refused("no".to_owned())));
    assert!(matches!(revised.await, Err(StoreError::Refused(_))));
    assert_eq!(store.notification_item(&ana, left.id).await, left.of("ana"));
}

#[tokio::test]
async fn an_edit_of_what_is_ahead_of_this_clock_goes_just_past_its_change() {
    let store = Store::new().await;
    let ahead = Stored::unread(-LATER);
    store.insert(ahead.of("ana")).await;
    assert_eq!(retitled(&store, ahead.id).await.state.changed, ahead.state.changed.successor());
}

#[tokio::test]
async fn edits_at_the_same_time_come_one_after_the_other() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let edits =
        ["a", "b", "c", "d", "e"].map(|title| edit(&store.inbox, &ana, left.id, json!({ "title": title })));
    let done = futures::future::join_all(edits).await;
    let mut answers: Vec<_> = done.into_iter().map(|answer| answer.unwrap().unwrap().0).collect();
    answers.sort_by_key(|answer| answer.state.changed);
    answers.dedup_by_key(|answer| answer.state.changed);
    assert_eq!(answers.len(), 5, "each is a change of its own");
    assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), answers.pop());
}
