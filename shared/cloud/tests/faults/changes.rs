//! Resuming while its owner goes on.

use std::time::Duration;

use belfry_domain::{Action, ChangeId};
use belfry_dynamo::Fault;
use futures::{TryStreamExt, future::join};
use tokio::time::sleep;

use crate::support::{
    left::{OLD, Stored},
    store::Store,
    user,
};

/// The index is asked status by status: what is read in between is found as unread and as read.
#[tokio::test]
async fn what_changes_while_it_is_looked_for_is_told_once() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    // A connection that is open already keeps the queries in their order.
    store.inbox.get(&ana, left.id).await.unwrap();
    store.wire.order("Query", Fault::Delay(Duration::ZERO));
    (0..4).for_each(|_| store.wire.order("Query", Fault::Delay(Duration::from_millis(600))));
    let read = async {
        sleep(Duration::from_millis(200)).await;
        store.act(&ana, left.id, Action::MarkRead).await.unwrap().unwrap()
    };
    let (keys, read) = join(Box::pin(store.inbox.changed_keys(&ana, ChangeId::MIN, 100)), read).await;
    let keys = keys.unwrap().unwrap();
    let changes = store.inbox.read_changes(&ana, &keys);
    let changes: Vec<_> = Box::pin(changes).try_concat().await.unwrap();
    assert_eq!(
        changes.iter().map(belfry_domain::frame::Change::changed).collect::<Vec<_>>(),
        [read.state.changed]
    );
}
