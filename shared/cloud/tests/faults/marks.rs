//! Marks whose answer is lost.

use belfry_cloud::inbox::Counts;
use belfry_domain::Status;
use belfry_dynamo::Fault;

use crate::support::{
    draft,
    left::{OLD, Stored, mark, meta},
    store::Store,
    user,
};

#[tokio::test]
async fn mark_all_is_done_though_its_answers_are_lost() {
    let store = Store::new().await;
    let ana = user("ana");
    store.insert(Stored::unread(OLD).of("ana")).await;
    let young = store.inbox.create(draft("ana", "Young")).await.unwrap();
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    store.wire.order("UpdateItem", Fault::Throttle);
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 2);
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    assert_eq!(marks.read_history.len(), 1, "one mark, however often it was sent");
    assert_eq!(store.unread(&ana).await, 0);
    assert_eq!(store.state(&ana, young.id).await.status, Status::Read);
}

/// The retry finds the mark where it wanted it; what it was before is in the history.
#[tokio::test]
async fn marking_all_whose_answer_is_lost_counts_only_what_it_has_read_itself() {
    let (store, ana) = (Store::new().await, user("ana"));
    let (read, unread) = (Stored::unread(3 * OLD), Stored::unread(OLD));
    store.insert_all([meta("ana", &[mark(2 * OLD)]), read.of("ana"), unread.of("ana")]).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
    assert_eq!(store.inbox.watermarks(&ana).await.unwrap().read_history.len(), 2);
}

#[tokio::test]
async fn seeing_whose_answer_is_lost_is_seen_once() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(4);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    store.inbox.mark_seen(&ana, Some(left[3].state.changed)).await.unwrap();
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    assert_eq!(store.inbox.mark_seen(&ana, Some(left[1].state.changed)).await.unwrap(), 1);
    assert_eq!(store.inbox.watermarks(&ana).await.unwrap().seen_history.len(), 2);
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 4, unseen: 1 });
}
