//! The store over a wire that loses answers, comes late and refuses: rule 2 of `docs/consistency.md`.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod support;

use std::time::Duration;

use belfry_cloud::{Connections, Inbox, StoreError, aws::ATTEMPT_TIMEOUT};
use belfry_domain::{ChangeId, Letter};
use belfry_dynamo::{Call, Fault, names};
use support::{
    draft,
    left::{Left, OLD},
    store::{Store, operations, said},
    user,
};
use tokio::time::timeout;

/// A commit that took longer than this is stamped again.
const LATE: Duration = Duration::from_secs(2);

/// How often one write is attempted.
const ATTEMPTS: usize = 5;

/// The change ids that the creating attempts carried, all of one notification.
fn created_changes(calls: &[Call]) -> Vec<ChangeId> {
    let ids = said(calls, "PutItem", "/Item/item/S");
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "one notification: {ids:?}");
    parsed(&said(calls, "PutItem", "/Item/changed/S"))
}

/// The change ids that the updating attempts carried.
fn updated_changes(calls: &[Call]) -> Vec<ChangeId> {
    parsed(&said(calls, "UpdateItem", "/ExpressionAttributeValues/:changed/S"))
}

fn parsed(changes: &[String]) -> Vec<ChangeId> {
    let changes: Vec<ChangeId> = changes.iter().map(|change| change.parse().unwrap()).collect();
    assert!(changes.windows(2).all(|pair| pair[0] < pair[1]), "each attempt mints anew: {changes:?}");
    changes
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_one_notification_that_is_stamped_again() {
    let store = Store::new().await;
    store.wire.order("PutItem", Fault::LoseAnswer);
    let (calls, created) = store.calls_of(store.inbox.create(draft("ana", "Once"))).await;
    let created = created.unwrap();
    assert_eq!(operations(&calls), ["PutItem", "PutItem", "UpdateItem"]);
    let attempts = created_changes(&calls);
    assert_eq!(attempts.len(), 2);
    assert_eq!(updated_changes(&calls), [created.state.changed]);
    assert!(created.state.changed > attempts[1], "newer than when the retry found it");
    assert_eq!(store.size().await, 1);
    assert_eq!(store.inbox.get(&user("ana"), created.id).await.unwrap(), Some(created));
}

#[tokio::test]
async fn a_create_that_is_committed_late_is_stamped_again() {
    let store = Store::new().await;
    store.wire.order("PutItem", Fault::Delay(LATE + Duration::from_millis(50)));
    let (calls, created) = store.calls_of(store.inbox.create(draft("ana", "Late"))).await;
    let created = created.unwrap();
    assert_eq!(operations(&calls), ["PutItem", "UpdateItem"]);
    assert!(created.state.changed > created_changes(&calls)[0]);
    assert_eq!(store.state(&user("ana"), created.id).await, created.state);
}

#[tokio::test]
async fn what_its_owner_has_read_meanwhile_is_not_stamped_again() {
    let store = Store::new().await;
    let ana = user("ana");
    store.wire.order("PutItem", Fault::Delay(LATE + Duration::from_millis(50)));
    // The restamp, held up until the owner, who was told by the stream, has read it.
    store.wire.order("UpdateItem", Fault::Delay(Duration::from_millis(500)));
    let read = async {
        loop {
            let listed = store.inbox.list(&ana, None, 1).await.unwrap().items;
            match listed.first() {
                Some(listed) if store.wire.faults_left() == 0 => {
                    break store.inbox.mark_read(&ana, listed.id).await.unwrap().unwrap();
                }
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let both = async { tokio::join!(store.inbox.create(draft("ana", "Late")), read) };
    let (created, read) = timeout(Duration::from_secs(30), Box::pin(both)).await.unwrap();
    assert_eq!(created.unwrap().id, read.id);
    let state = store.state(&ana, read.id).await;
    assert_eq!(state.letter, Letter::Read);
}

#[tokio::test]
async fn a_create_that_lands_after_its_retry_changes_nothing() {
    let store = Store::new().await;
    let after_the_retry = Duration::from_secs(1);
    store.wire.order("PutItem", Fault::Delay(ATTEMPT_TIMEOUT + after_the_retry));
    let (calls, created) = store.calls_of(store.inbox.create(draft("ana", "Once"))).await;
    let created = created.unwrap();
    assert_eq!(operations(&calls), ["PutItem", "PutItem"], "the retry itself was in time");
    assert_eq!(created.state.changed, created_changes(&calls)[1]);
    tokio::time::sleep(2 * after_the_retry).await;
    assert_eq!(store.state(&user("ana"), created.id).await, created.state);
    assert_eq!(store.size().await, 1);
}

#[tokio::test]
async fn a_create_survives_throttling_and_a_server_error() {
    let store = Store::new().await;
    store.wire.order("PutItem", Fault::Throttle);
    store.wire.order("PutItem", Fault::ServerError);
    let (calls, created) = store.calls_of(store.inbox.create(draft("ana", "Third time"))).await;
    let created = created.unwrap();
    assert_eq!(operations(&calls), ["PutItem"; 3]);
    assert_eq!(created_changes(&calls).last(), Some(&created.state.changed));
    assert_eq!(store.state(&user("ana"), created.id).await, created.state);
}

#[tokio::test]
async fn what_is_throttled_for_ever_is_unavailable_and_changes_nothing() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    for operation in ["PutItem", "UpdateItem", "UpdateItem", "UpdateItem"] {
        (0..ATTEMPTS).for_each(|_| store.wire.order(operation, Fault::Throttle));
    }
    let error = store.inbox.create(draft("ana", "Never")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert_eq!(error.to_string(), "DynamoDB is unavailable: ProvisionedThroughputExceededException");
    assert!(matches!(store.inbox.mark_read(&ana, left.id).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.inbox.delete(&ana, left.id).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.inbox.mark_all_read(&ana).await, Err(StoreError::Unavailable(_))));
    let calls = store.wire.take_calls();
    assert_eq!((calls.len(), store.wire.faults_left()), (4 * ATTEMPTS, 0));
    assert_eq!(created_changes(&calls).len(), ATTEMPTS);
    assert_eq!((store.size().await, store.state(&ana, left.id).await), (1, left.state));
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again() {
    let store = Store::new().await;
    let inbox = Inbox::new(&store.aws, "NoSuchTable", 30);
    let (calls, refused) = store.calls_of(inbox.create(draft("ana", "Nowhere"))).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    assert_eq!(operations(&calls), ["PutItem"]);
}

#[tokio::test]
async fn a_reading_whose_answer_is_lost_is_one_reading() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Left::unread(OLD);
    store.insert(left.of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let (calls, read) = store.calls_of(store.inbox.mark_read(&ana, left.id)).await;
    let read = read.unwrap().unwrap();
    let attempts = updated_changes(&calls);
    assert_eq!(attempts.len(), 2);
    assert_eq!((read.state.letter, read.state.changed), (Letter::Read, attempts[0]));
    assert_eq!(store.inbox.get(&ana, left.id).await.unwrap(), Some(read));
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
async fn mark_all_is_done_though_its_answers_are_lost() {
    let store = Store::new().await;
    let ana = user("ana");
    store.insert(Left::unread(OLD).of("ana")).await;
    let young = store.inbox.create(draft("ana", "Young")).await.unwrap();
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    store.wire.order("UpdateItem", Fault::Throttle);
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 2);
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    assert_eq!(marks.read_history.len(), 1, "one mark, however often it was sent");
    assert_eq!(store.inbox.count_unread(&ana, marks.read).await.unwrap(), 0);
    assert_eq!(store.state(&ana, young.id).await.letter, Letter::Read);
}

#[tokio::test]
async fn a_socket_is_registered_and_forgotten_in_spite_of_errors() {
    let store = Store::new().await;
    let (ana, connections) = (user("ana"), Connections::new(&store.aws, names::CONNECTIONS));
    store.wire.order("PutItem", Fault::Throttle);
    connections.register(&ana, "socket", None).await.unwrap();
    assert_eq!(connections.of(&ana).await.unwrap().len(), 1);
    store.wire.order("DeleteItem", Fault::ServerError);
    connections.remove(&ana, "socket").await.unwrap();
    assert_eq!(connections.of(&ana).await.unwrap(), []);
    (0..ATTEMPTS).for_each(|_| store.wire.order("PutItem", Fault::ServerError));
    assert!(matches!(connections.register(&ana, "socket", None).await, Err(StoreError::Unavailable(_))));
}
