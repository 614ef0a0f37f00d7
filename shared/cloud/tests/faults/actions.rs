//! Actions, edits and wakes whose answer is lost: each is done once, whatever is done meanwhile.

use std::time::Duration;

use belfry_cloud::{aws::ATTEMPT_TIMEOUT, clock};
use belfry_domain::{Action, Status};
use belfry_dynamo::Fault;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    support::{
        edits::edit,
        left::{LATER, OLD, Stored, snoozer},
        store::Store,
        user, with_each_action,
    },
    updated_changes,
};

/// Where each action has something to do.
fn start(action: Action) -> Status {
    match action {
        Action::MarkUnread => Status::Read,
        Action::Unarchive => Status::Archived,
        Action::MarkRead | Action::Archive | Action::Snooze(_) | Action::Delete => Status::Unread,
    }
}

/// The answer to the write of the notification gets lost; a snooze has written its note before.
async fn losing_the_answer_to(action: Action) -> (Store, Stored) {
    let store = Store::new().await;
    let left = Stored::unread(OLD).status(start(action));
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
        let (calls, answer) = store.calls_of(store.act(&ana, left.id, action)).await;
        let state = store.state(&ana, left.id).await;
        assert_eq!(answer.unwrap(), store.inbox.get(&ana, left.id).await.unwrap(), "{action:?}");
        let notifications = updated_changes(&calls);
        assert_eq!(notifications, [state.changed], "{action:?}: written once, and then looked for");
        assert_eq!(state.status, action.to());
    })
    .await;
}

#[tokio::test]
async fn a_delete_whose_answer_is_lost_is_one_delete() {
    let store = Store::new().await;
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, deleted) = store.calls_of(store.inbox.delete(&user("ana"), left.id)).await;
    assert!(deleted.unwrap());
    let state = store.state(&user("ana"), left.id).await;
    assert_eq!((state.status, vec![state.changed]), (Status::Deleted, updated_changes(&calls)));
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
        let (answer, tombstone) = tokio::join!(store.act(&ana, left.id, action), delete);
        assert_eq!(answer.unwrap(), None, "{action:?}");
        assert_eq!(store.notification_item(&ana, left.id).await, tombstone, "{action:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_due_and_read_while_the_answer_is_lost_is_read_once() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = Stored::unread(OLD).snoozed(-1);
    store.insert(due.of("ana")).await;
    // The first attempt is refused: whether it is due only a look can tell. The second wakes it.
    store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    store.wire.order("UpdateItem", Fault::Delay(Duration::ZERO));
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, read) = store.calls_of(store.act(&ana, due.id, Action::MarkRead)).await;
    let read = read.unwrap().unwrap();
    let written = updated_changes(&calls);
    assert_eq!((read.state.status, written.len(), read.state.changed), (Status::Read, 3, written[2]));
}

#[tokio::test]
async fn an_edit_whose_answer_is_lost_is_one_edit() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let revise = edit(&store.inbox, &ana, left.id, json!({ "title": "Anew", "archived": true }));
    let (calls, revised) = store.calls_of(revise).await;
    let (revised, _) = revised.unwrap().unwrap();
    assert_eq!(updated_changes(&calls), [revised.state.changed]);
    assert_eq!((revised.state.status, revised.content.title.as_str()), (Status::Archived, "Anew"));
    assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), Some(revised));
}

#[tokio::test]
async fn a_wake_whose_answer_is_lost_is_one_wake() {
    let (store, ana) = (Store::new().await, user("ana"));
    let due = Stored::unread(OLD).snoozed(-1);
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
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let until = clock::now().plus_millis(LATER);
    let snooze = store.act(&ana, left.id, Action::Snooze(until));
    let started = tokio::time::Instant::now();
    assert_eq!(snooze.await.unwrap().unwrap().snoozed_until, Some(until));
    assert!(started.elapsed() >= ATTEMPT_TIMEOUT);
    assert!(store.inbox.watermarks(&ana).await.unwrap().has_snoozed);
}

/// The first attempt comes late, and blindly: by then the writer has seen what stood there and written after it.
#[tokio::test]
async fn an_attempt_that_comes_late_finds_something_newer() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::Delay(ATTEMPT_TIMEOUT + Duration::from_secs(1)));
    let archived = store.act(&ana, left.id, Action::Archive).await.unwrap().unwrap();
    sleep(Duration::from_secs(2)).await;
    assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), Some(archived));
}

/// Where the look finds nothing left to do, too: writers whose clocks are behind could write below it, and it over them.
#[tokio::test]
async fn an_attempt_that_comes_late_finds_something_newer_also_where_nothing_was_left_to_do() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD).status(Status::Read);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, read) = store.calls_of(store.act(&ana, left.id, Action::MarkRead)).await;
    let attempts = updated_changes(&calls);
    let state = read.unwrap().unwrap().state;
    assert_eq!((state.status, attempts.len(), state.changed), (Status::Read, 2, attempts[1]));
    assert!(attempts[0] < attempts[1]);
    assert_eq!(store.state(&ana, left.id).await, state);
}
