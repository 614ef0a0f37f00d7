//! Actions, edits and wakes whose answer is lost: each is done once, whatever is done meanwhile.

use std::time::Duration;

use belfry_cloud::{StoreError, aws::ATTEMPT_TIMEOUT, clock};
use belfry_domain::{Action, Letter};
use belfry_dynamo::Fault;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    support::{
        edits::edit,
        left::{LATER, Left, OLD, snoozer},
        store::{Store, operations},
        user, with_each_action,
    },
    updated_changes,
};

/// Where each action has something to do.
fn start(action: Action) -> Letter {
    match action {
        Action::MarkUnread => Letter::Read,
        Action::Unarchive => Letter::Archived,
        Action::MarkRead | Action::Archive | Action::Snooze(_) | Action::Delete => Letter::Unread,
    }
}

/// The answer to the write of the notification gets lost; a snooze has written its note before.
async fn losing_the_answer_to(action: Action) -> (Store, Left) {
    let store = Store::new().await;
    let left = Left::unread(OLD).letter(start(action));
    store.insert(left.of("ana")).await;
    if matches!(action, Action::Snooze(_)) {
        store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    }
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    (store, left)
}

#[tokio::test]
async fn an_action_whose_answer_is_lost_is_done_once_and_answers_with_what_stands() {
    with_each_action(async |action| {
        let (store, left) = losing_the_answer_to(action).await;
        let ana = user("ana");
        let (calls, answer) = store.calls_of(store.inbox.act(&ana, left.id, action)).await;
        let state = store.state(&ana, left.id).await;
        assert_eq!(answer.unwrap(), store.inbox.get(&ana, left.id).await.unwrap(), "{action:?}");
        let mut attempts = updated_changes(&calls);
        if let Action::Snooze(until) = action {
            attempts.retain(|changed| *changed <= state.changed);
            assert_eq!(attempts.last(), Some(&state.changed), "a snooze is done again, to the same time");
            let item = store.notification_item(&ana, left.id).await;
            assert_eq!(item["snoozed_until"].as_n().unwrap(), &until.as_millis().to_string());
        } else {
            assert_eq!((attempts.len(), attempts[0]), (2, state.changed), "{action:?}");
        }
        assert_eq!(state.letter, action.to());
    })
    .await;
}

#[tokio::test]
async fn a_delete_whose_answer_is_lost_is_one_delete() {
    let store = Store::new().await;
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, deleted) = store.calls_of(store.inbox.delete(&user("ana"), left.id)).await;
    assert!(deleted.unwrap());
    let attempts = updated_changes(&calls);
    assert_eq!(attempts.len(), 2);
    let state = store.state(&user("ana"), left.id).await;
    assert_eq!((state.letter, state.changed), (Letter::Deleted, attempts[0]));
}

#[tokio::test]
async fn what_is_deleted_while_an_answer_is_lost_stays_deleted() {
    with_each_action(async |action| {
        let (store, left) = losing_the_answer_to(action).await;
        let ana = user("ana");
        let delete = async {
            while store.wire.faults_left() > 0 {
                sleep(Duration::from_millis(5)).await;
            }
            sleep(Duration::from_millis(200)).await;
            assert!(store.inbox.delete(&ana, left.id).await.unwrap());
            store.notification_item(&ana, left.id).await
        };
        let (answer, tombstone) = tokio::join!(store.inbox.act(&ana, left.id, action), delete);
        assert_eq!(answer.unwrap(), None, "{action:?}");
        assert_eq!(store.notification_item(&ana, left.id).await, tombstone, "{action:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_due_and_read_while_the_answer_is_lost_is_read_once() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = Left::unread(OLD).snoozed(-1);
    store.insert(due.of("ana")).await;
    // The first attempt is refused: whether it is due only a look can tell.
    store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, read) = store.calls_of(store.inbox.act(&ana, due.id, Action::MarkRead)).await;
    assert_eq!(operations(&calls), ["UpdateItem", "GetItem", "GetItem", "UpdateItem", "GetItem", "GetItem"]);
    let read = read.unwrap().unwrap();
    assert_eq!((read.state.letter, read.state.changed), (Letter::Read, updated_changes(&calls)[1]));
}

#[tokio::test]
async fn an_edit_whose_answer_is_lost_is_one_edit() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let revise = edit(&store.inbox, &ana, left.id, json!({ "title": "Anew", "archived": true }));
    let (calls, revised) = store.calls_of(revise).await;
    let (revised, _) = revised.unwrap().unwrap();
    assert_eq!(updated_changes(&calls), [revised.state.changed]);
    assert_eq!((revised.state.letter, revised.content.title.as_str()), (Letter::Archived, "Anew"));
    assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), Some(revised));
}

#[tokio::test]
async fn a_wake_whose_answer_is_lost_is_one_wake() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = Left::unread(OLD).snoozed(-1);
    store.insert_all([snoozer("ana"), due.of("ana")]).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, counts) = store.calls_of(store.inbox.counts(&ana)).await;
    assert_eq!(counts.unwrap().unread, 1);
    let attempts = updated_changes(&calls);
    assert_eq!((attempts.len(), attempts[0]), (2, store.state(&ana, due.id).await.changed));
}

#[tokio::test]
async fn a_note_of_snoozing_whose_answer_is_lost_is_made_again_before_the_snooze() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let until = clock::now().plus_millis(LATER);
    let snooze = store.inbox.act(&ana, left.id, Action::Snooze(until));
    let started = tokio::time::Instant::now();
    assert_eq!(snooze.await.unwrap().unwrap().snoozed_until, Some(until));
    assert!(started.elapsed() >= ATTEMPT_TIMEOUT);
    assert!(store.inbox.watermarks(&ana).await.unwrap().has_snoozed);
}

#[tokio::test]
async fn what_never_answers_is_unavailable_and_may_have_been_done() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    (1..5).for_each(|_| store.wire.order("UpdateItem", Fault::Throttle));
    let refused = store.inbox.act(&ana, left.id, Action::MarkRead).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    assert_eq!(store.state(&ana, left.id).await.letter, Letter::Read);
}
