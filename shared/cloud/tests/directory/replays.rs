//! A request with a key, from its claim to its notification: sent again, it makes none, and alters none.

use std::time::Duration;

use belfry_cloud::directory::{Claim, IdempotencyKey};
use belfry_domain::{Action, Notification, NotificationId, Status};
use belfry_dynamo::Fault;
use futures::future::join_all;
use tokio::time::timeout;

use crate::support::{
    access::Access,
    draft,
    left::{OLD, Stored},
    store::operations,
    user,
};

/// What the API does with a key; the flag tells a replay.
async fn request(access: &Access) -> (Notification, bool) {
    let (id, replayed) = claim(access).await;
    let created = access.store.inbox.create_as(id, draft("ana", "Once")).await.unwrap();
    (created, replayed)
}

async fn claim(access: &Access) -> (NotificationId, bool) {
    let key = IdempotencyKey::try_from(&b"key"[..]).unwrap();
    match access.directory.claim(&user("producer"), &key, b"body").await.unwrap() {
        Claim::First(id) => (id, false),
        Claim::Replay(id) => (id, true),
        Claim::OtherBody => unreachable!("the body is the same"),
    }
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_with_the_same_notification() {
    let access = Access::new().await;
    let (first, replayed) = request(&access).await;
    assert!(!replayed);
    for _ in 0..5 {
        assert_eq!(request(&access).await, (first.clone(), true));
    }
    assert_eq!(access.store.size().await, 1);
}

#[tokio::test]
async fn a_request_that_was_cut_off_after_its_commit_makes_one_notification() {
    let access = Access::new().await;
    let (id, _) = claim(&access).await;
    access.store.wire.order("PutItem", Fault::LoseAnswer);
    let create = access.store.inbox.create_as(id, draft("ana", "Once"));
    assert!(timeout(Duration::from_millis(500), create).await.is_err(), "the function ended here");
    let committed = access.store.inbox.get(&user("ana"), id).await.unwrap();

    let (again, replayed) = request(&access).await;
    assert_eq!((Some(again), replayed), (committed, true));
    assert_eq!(access.store.size().await, 1);
}

#[tokio::test]
async fn a_request_that_was_cut_off_between_claim_and_create_is_made_up_for() {
    let access = Access::new().await;
    let (id, _) = claim(&access).await;
    assert_eq!(access.store.size().await, 0);
    let (made, replayed) = request(&access).await;
    assert!(replayed && made.id == id);
    assert_eq!(access.store.inbox.get(&user("ana"), id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn twenty_of_the_same_request_at_once_make_one_notification() {
    let access = Access::new().await;
    let answers = join_all((0..20).map(|_| Box::pin(request(&access)))).await;
    assert_eq!(answers.iter().filter(|(_, replayed)| !replayed).count(), 1);
    assert!(answers.iter().all(|(answer, _)| *answer == answers[0].0));
    assert_eq!((access.store.size().await, access.store.unread(&user("ana")).await), (1, 1));
}

#[tokio::test]
async fn a_replay_leaves_alone_whatever_has_become_of_the_notification() {
    let access = Access::new().await;
    for status in Status::ALL {
        // Old enough that a create would stamp a commit of its own again.
        let left = Stored::unread(OLD).status(status);
        access.store.insert(left.of("ana")).await;
        let replay = access.store.inbox.create_as(left.id, draft("ana", "Once"));
        let (calls, answer) = access.store.calls_of(replay).await;
        assert_eq!(operations(&calls), ["PutItem"]);
        let item = access.store.notification_item(&user("ana"), left.id).await;
        assert_eq!(item, left.of("ana"), "{status:?}");
        let answer = answer.unwrap();
        assert_eq!((answer.id, answer.state.status), (left.id, Status::Unread), "as it was when it was new");
        assert_eq!((answer.read_at, answer.snoozed_until), (None, None));
    }
}

#[tokio::test]
async fn a_replay_after_its_owner_has_read_or_deleted_it_says_what_was_said_first() {
    for action in [Action::MarkRead, Action::Delete] {
        let access = Access::new().await;
        let (first, _) = request(&access).await;
        access.store.act(&user("ana"), first.id, action).await.unwrap();
        let item = access.store.notification_item(&user("ana"), first.id).await;
        let (again, replayed) = request(&access).await;
        assert!(replayed);
        assert_eq!((again.id, again.content, again.expires_at), (first.id, first.content, first.expires_at));
        assert_eq!(again.state.status, Status::Unread);
        assert_eq!(access.store.notification_item(&user("ana"), first.id).await, item);
    }
}
