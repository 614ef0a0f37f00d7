//! Creates whose answer is lost, or whose commit comes late.

use std::time::Duration;

use belfry_cloud::{Listing, aws::ATTEMPT_TIMEOUT};
use belfry_domain::{Action, Status};
use belfry_dynamo::Fault;
use tokio::time::timeout;

use crate::{
    created_changes,
    support::{
        draft,
        store::{Store, operations},
        user,
    },
    updated_changes,
};

/// A commit that took longer than this is stamped again.
const LATE: Duration = Duration::from_secs(2);

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
            let listed = store.page(&ana, Listing::All, None, 1).await.items;
            match listed.first() {
                Some(listed) if store.wire.faults_left() == 0 => {
                    break store.act(&ana, listed.id, Action::MarkRead).await.unwrap().unwrap();
                }
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let both = async { tokio::join!(store.inbox.create(draft("ana", "Late")), read) };
    let (created, read) = timeout(Duration::from_secs(30), Box::pin(both)).await.unwrap();
    assert_eq!(created.unwrap().id, read.id);
    let state = store.state(&ana, read.id).await;
    assert_eq!(state.status, Status::Read);
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
