//! What is refused, for a while or for ever.

use belfry_cloud::{Connections, Inbox, StoreError};
use belfry_domain::{Action, Retention};
use belfry_dynamo::{Fault, names};

use crate::{
    ATTEMPTS, created_changes,
    support::{
        draft,
        left::{OLD, Stored},
        store::{Store, operations},
        user,
    },
};

#[tokio::test]
async fn what_is_throttled_for_ever_is_unavailable_and_changes_nothing() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    // One attempt of an action is made blindly, the others look before.
    for (operation, times) in [("PutItem", ATTEMPTS), ("UpdateItem", 3 * ATTEMPTS + 2)] {
        (0..times).for_each(|_| store.wire.order(operation, Fault::Throttle));
    }
    let error = store.inbox.create(draft("ana", "Never")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert_eq!(error.to_string(), "DynamoDB is unavailable: ProvisionedThroughputExceededException");
    assert!(matches!(store.act(&ana, left.id, Action::MarkRead).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.inbox.delete(&ana, left.id).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.inbox.mark_all_read(&ana).await, Err(StoreError::Unavailable(_))));
    let calls = store.wire.take_calls();
    let writes = calls.iter().filter(|call| call.operation != "GetItem").count();
    assert_eq!((writes, store.wire.faults_left()), (4 * ATTEMPTS + 2, 0));
    assert_eq!(created_changes(&calls).len(), ATTEMPTS);
    assert_eq!((store.size().await, store.state(&ana, left.id).await), (1, left.state));
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again() {
    let store = Store::new().await;
    let inbox = Inbox::new(&store.aws, "NoSuchTable", Retention::days(30, 10));
    let (calls, refused) = store.calls_of(inbox.create(draft("ana", "Nowhere"))).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    assert_eq!(operations(&calls), ["PutItem"]);
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
