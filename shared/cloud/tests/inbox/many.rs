//! Telling many users at once.

use std::time::Duration;

use belfry_cloud::{Inbox, Listing, StoreError, clock};
use belfry_domain::{Action, Draft, Notification, NotificationId, Retention, Status, UserId};
use belfry_dynamo::{Call, Fault};
use serde_json::Value;

use crate::support::{
    draft,
    store::{Store, operations},
    user,
};

fn drafts(count: usize) -> Vec<Draft> {
    (0..count).map(|n| draft(&format!("user-{n}"), &format!("Title {n}"))).collect()
}

/// What was created, where everything was.
fn created(outcomes: Vec<Result<Notification, StoreError>>) -> Vec<Notification> {
    outcomes.into_iter().map(Result::unwrap).collect()
}

/// Each draft is told to its user, in the order of the drafts.
async fn check(store: &Store, drafts: &[Draft], told: &[Notification]) {
    assert_eq!(told.len(), drafts.len());
    for (draft, told) in drafts.iter().zip(told) {
        assert_eq!((&told.user, &told.content), (&draft.user, &draft.content));
        assert_eq!(store.inbox.get(&draft.user, told.id).await.unwrap().as_ref(), Some(told));
        assert_eq!(store.unread(&draft.user).await, 1);
    }
}

/// How many statements each batch had.
fn sizes(calls: &[Call]) -> Vec<usize> {
    let batches = calls.iter().filter(|call| call.operation == "BatchExecuteStatement");
    let size = |call: &Call| {
        let request: Value = serde_json::from_str(&call.request).unwrap();
        request["Statements"].as_array().unwrap().len()
    };
    batches.map(size).collect()
}

/// The last change of each attempt at a batch.
fn changes(calls: &[Call]) -> Vec<String> {
    let batches = calls.iter().filter(|call| call.operation == "BatchExecuteStatement");
    let change = |call: &Call| {
        let request: Value = serde_json::from_str(&call.request).unwrap();
        let last = request["Statements"].as_array().unwrap().last().unwrap().clone();
        let names: Vec<_> = last["Statement"].as_str().unwrap().split('\'').skip(1).step_by(2).collect();
        let place = names.iter().position(|name| *name == "changed").unwrap();
        last["Parameters"][place]["S"].as_str().unwrap().to_owned()
    };
    batches.map(change).collect()
}

#[tokio::test]
async fn a_hundred_users_are_told_in_four_calls_each_outcome_in_its_place() {
    let store = Store::new().await;
    let drafts = drafts(100);
    let (calls, told) = store.calls_of(store.inbox.create_many(drafts.clone())).await;
    assert_eq!(operations(&calls), ["BatchExecuteStatement"; 4]);
    assert_eq!(sizes(&calls), [25; 4]);
    check(&store, &drafts, &created(told)).await;
    assert_eq!(store.size().await, 100);
}

#[tokio::test]
async fn as_many_calls_as_are_needed_are_made_and_none_for_nobody() {
    let store = Store::new().await;
    for (count, expected) in [(0, vec![]), (1, vec![1]), (25, vec![25]), (26, vec![25, 1])] {
        let (calls, told) = store.calls_of(store.inbox.create_many(drafts(count))).await;
        let mut made = sizes(&calls);
        made.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!((told.len(), made), (count, expected));
    }
}

#[tokio::test]
async fn what_a_batch_leaves_unprocessed_goes_into_the_next_with_a_new_change() {
    let (store, reluctant) = Store::reluctant().await;
    let drafts = drafts(10);
    reluctant.leave(4);
    let (calls, told) = store.calls_of(store.inbox.create_many(drafts.clone())).await;
    assert_eq!(sizes(&calls), [10, 4]);
    let told = created(told);
    check(&store, &drafts, &told).await;
    let (done, again) = told.split_at(6);
    assert!(done.iter().all(|done| again.iter().all(|again| again.state.changed > done.state.changed)));
}

#[tokio::test]
async fn a_batch_that_is_throttled_or_fails_is_tried_again() {
    let store = Store::new().await;
    let drafts = drafts(30);
    store.wire.order("BatchExecuteStatement", Fault::Throttle);
    store.wire.order("BatchExecuteStatement", Fault::ServerError);
    let (calls, told) = store.calls_of(store.inbox.create_many(drafts.clone())).await;
    assert_eq!(operations(&calls), ["BatchExecuteStatement"; 4]);
    check(&store, &drafts, &created(told)).await;
}

#[tokio::test]
async fn after_a_lost_answer_nothing_is_created_twice_and_nothing_undone_that_a_user_did() {
    let store = Store::new().await;
    let drafts = drafts(4);
    store.wire.order("BatchExecuteStatement", Fault::LoseAnswer);
    let owners = async {
        let [read, deleted, archived] = [0, 1, 2].map(|n| user(&format!("user-{n}")));
        let done = [(read, Action::MarkRead), (deleted, Action::Delete), (archived, Action::Archive)];
        for (owner, action) in done {
            let id = first(&store, &owner).await;
            store.act(&owner, id, action).await.unwrap();
        }
    };
    let both = async { tokio::join!(store.inbox.create_many(drafts.clone()), owners) };
    let (calls, (told, ())) = store.calls_of(both).await;
    let told = created(told);
    let minted = changes(&calls);
    let mut statuses = Vec::new();
    for (draft, told) in drafts.iter().zip(&told) {
        assert_eq!(
            (&told.user, &told.content),
            (&draft.user, &draft.content),
            "told as it was when it was new"
        );
        assert_eq!(told.state.status, Status::Unread);
        statuses.push(store.state(&draft.user, told.id).await.status);
    }
    assert_eq!(statuses, [Status::Read, Status::Deleted, Status::Archived, Status::Unread]);
    // When the batch was committed nobody knows, so what is still as it was written is stamped again.
    let state = store.state(&drafts[3].user, told[3].id).await;
    assert_eq!(state, told[3].state);
    assert!(state.changed.to_string() > minted[0]);
    assert_eq!(store.size().await, 4);
}

/// The first notification that the user has, as soon as it is there.
async fn first(store: &Store, owner: &UserId) -> NotificationId {
    loop {
        let listed = store.listed(owner, Listing::All).await;
        match listed.first() {
            Some(id) => return *id,
            None => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

#[tokio::test]
async fn a_batch_that_is_committed_late_is_stamped_again() {
    let store = Store::new().await;
    store.wire.order("BatchExecuteStatement", Fault::Delay(Duration::from_millis(2_050)));
    let drafts = drafts(3);
    let (calls, told) = store.calls_of(store.inbox.create_many(drafts.clone())).await;
    assert_eq!(operations(&calls), ["BatchExecuteStatement", "UpdateItem", "UpdateItem", "UpdateItem"]);
    check(&store, &drafts, &created(told)).await;
}

#[tokio::test]
async fn what_can_not_be_written_says_so_in_its_place() {
    let store = Store::new().await;
    (0..15).for_each(|_| store.wire.order("PutItem", Fault::ServerError));
    (0..5).for_each(|_| store.wire.order("BatchExecuteStatement", Fault::ServerError));
    let told = store.inbox.create_many(drafts(3)).await;
    assert!(told.iter().all(|outcome| matches!(outcome, Err(StoreError::Unavailable(_)))));
    let nowhere = Inbox::new(&store.aws, "NoSuchTable", Retention::days(30, 10));
    let told = nowhere.create_many(drafts(2)).await;
    assert!(told.len() == 2 && told.iter().all(|outcome| matches!(outcome, Err(StoreError::Refused(_)))));
    assert_eq!(store.size().await, 0);
}

#[tokio::test]
async fn names_of_the_callers_choice_are_found_again() {
    let store = Store::new().await;
    let drafts = drafts(30);
    let whole = clock::mint_notification();
    let named: Vec<_> =
        drafts.iter().map(|draft| (whole.derive_for_user(&draft.user), draft.clone())).collect();
    let (calls, told) = store.calls_of(store.inbox.create_many_as(named.clone())).await;
    assert_eq!(operations(&calls), ["BatchExecuteStatement"; 2]);
    let told = created(told);
    check(&store, &drafts, &told).await;
    assert!(told.iter().zip(&named).all(|(told, (id, _))| told.id == *id));
    store.inbox.delete(&drafts[3].user, named[3].0).await.unwrap();
    let again = created(store.inbox.create_many_as(named).await);
    assert!(
        again.iter().zip(&told).all(|(again, told)| again.id == told.id && again.content == told.content)
    );
    assert_eq!(store.size().await, 30);
    assert_eq!(store.inbox.get(&drafts[3].user, told[3].id).await.unwrap(), None, "deleted is deleted");
}

#[tokio::test]
async fn one_user_who_is_told_several_things_at_once_has_them_all_in_their_order() {
    let store = Store::new().await;
    let drafts: Vec<_> = (0..30).map(|n| draft("ana", &format!("{n}"))).collect();
    let told = created(store.inbox.create_many(drafts).await);
    let listed = store.listed(&user("ana"), Listing::All).await;
    let mut ids: Vec<_> = told.iter().map(|told| told.id).collect();
    assert!(
        ids[..25].windows(2).all(|pair| pair[0] < pair[1])
            && ids[25..].windows(2).all(|pair| pair[0] < pair[1])
    );
    ids.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(listed, ids);
}
