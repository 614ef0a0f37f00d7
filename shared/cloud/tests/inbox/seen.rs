//! Marking as seen what the list shows: the unseen count is what came later.

use std::time::Duration;

use belfry_cloud::{clock, inbox::Counts};
use belfry_domain::{Action, ChangeId, Status, Watermarks, watermark::HISTORY};
use futures::future::join_all;
use tokio::time::sleep;

use crate::support::{
    draft,
    left::{LATER, OLD, Stored, mark, meta},
    store::{Store, operations},
    user,
};

async fn inbox_of(left: &[Stored]) -> Store {
    let store = Store::new().await;
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    store
}

async fn counts(store: &Store) -> (usize, usize) {
    let Counts { unread, unseen } = store.inbox.counts(&user("ana")).await.unwrap();
    (unread, unseen)
}

async fn marks(store: &Store) -> Watermarks {
    store.inbox.watermarks(&user("ana")).await.unwrap()
}

#[tokio::test]
async fn seeing_everything_leaves_nothing_unseen_and_everything_unread() {
    let (store, ana) = (inbox_of(&Stored::many(3)).await, user("ana"));
    assert_eq!(counts(&store).await, (3, 3));
    let (calls, unseen) = store.calls_of(store.inbox.mark_seen(&ana, None)).await;
    assert_eq!(unseen.unwrap(), 0);
    assert_eq!(operations(&calls), ["Query", "UpdateItem", "Query"]);
    assert_eq!(counts(&store).await, (3, 0));
    let later = store.inbox.create(draft("ana", "Later")).await.unwrap();
    assert_eq!(counts(&store).await, (4, 1));
    store.act(&ana, later.id, Action::MarkRead).await.unwrap();
    assert_eq!(counts(&store).await, (3, 0));
}

#[tokio::test]
async fn seeing_up_to_one_leaves_the_newer_ones_unseen() {
    let left = Stored::many(5);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    let up_to = Some(left[2].state.changed);
    assert_eq!(store.inbox.mark_seen(&ana, up_to).await.unwrap(), 2);
    assert_eq!(counts(&store).await, (5, 2));
}

#[tokio::test]
async fn the_mark_only_goes_forward() {
    let left = Stored::many(5);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    store.inbox.mark_seen(&ana, Some(left[1].state.changed)).await.unwrap();
    let before = store.item(&ana, "meta").await;
    for older in [left[1], left[2], left[4]] {
        assert_eq!(store.inbox.mark_seen(&ana, Some(older.state.changed)).await.unwrap(), 1, "as it stands");
        assert_eq!(store.item(&ana, "meta").await, before);
    }
    assert_eq!(store.inbox.mark_seen(&ana, Some(left[0].state.changed)).await.unwrap(), 0);
    let moves: Vec<_> = marks(&store).await.seen_history.iter().map(|moved| moved.to).collect();
    assert_eq!(moves, [0, 1].map(|at: usize| ChangeId::last_of(left[at].id.timestamp())));
}

#[tokio::test]
async fn nobody_has_seen_what_is_yet_to_come() {
    let ahead = Stored::unread(-LATER);
    let (store, ana) = (inbox_of(&[ahead, Stored::unread(OLD)]).await, user("ana"));
    for up_to in [Some(ChangeId::MAX), Some(ahead.state.changed), None] {
        assert_eq!(store.inbox.mark_seen(&ana, up_to).await.unwrap(), 1, "what is ahead is still to be seen");
        let seen = marks(&store).await.seen.unwrap();
        assert!(seen <= ChangeId::last_of(clock::now()), "{seen} is in the future");
    }
    sleep(Duration::from_millis(2)).await;
    store.inbox.create(draft("ana", "Later")).await.unwrap();
    assert_eq!(counts(&store).await, (3, 2));
}

#[tokio::test]
async fn where_nothing_is_unread_nothing_is_marked() {
    let read = Stored::unread(OLD).status(Status::Read);
    let (store, ana) = (inbox_of(&[read]).await, user("ana"));
    let (calls, unseen) = store.calls_of(store.inbox.mark_seen(&ana, None)).await;
    assert_eq!((operations(&calls), unseen.unwrap()), (vec!["Query"], 0));
    assert_eq!(store.item(&ana, "meta").await, None);
}

#[tokio::test]
async fn what_is_expired_and_newest_does_not_hide_what_is_unseen() {
    let kept = Stored::unread(2 * OLD);
    let (store, ana) = (inbox_of(&[Stored::unread(OLD).expired(1), kept]).await, user("ana"));
    assert_eq!(counts(&store).await, (1, 1));
    assert_eq!(store.inbox.mark_seen(&ana, None).await.unwrap(), 0);
    assert_eq!(marks(&store).await.seen, Some(ChangeId::last_of(kept.id.timestamp())));
    assert_eq!(counts(&store).await, (1, 0));
}

#[tokio::test]
async fn what_is_read_counts_as_seen() {
    let left = Stored::many(5);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    store.insert(meta("ana", &[left[2].state.changed])).await;
    assert_eq!(counts(&store).await, (2, 2));
    assert_eq!(store.inbox.mark_seen(&ana, Some(left[4].state.changed)).await.unwrap(), 2);
    assert_eq!(counts(&store).await, (2, 2));
    assert_eq!(store.inbox.mark_seen(&ana, Some(left[1].state.changed)).await.unwrap(), 1);
    assert_eq!(counts(&store).await, (2, 1));
}

#[tokio::test]
async fn what_wakes_or_becomes_unread_again_is_unseen_again() {
    let left = Stored::many(2);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    store.inbox.mark_seen(&ana, None).await.unwrap();
    store.act(&ana, left[0].id, Action::MarkRead).await.unwrap();
    store.act(&ana, left[0].id, Action::MarkUnread).await.unwrap();
    assert_eq!(counts(&store).await, (2, 1));
    store.inbox.mark_seen(&ana, None).await.unwrap();
    let until = clock::now().plus_millis(1);
    store.act(&ana, left[1].id, Action::Snooze(until)).await.unwrap();
    sleep(Duration::from_millis(5)).await;
    assert_eq!(counts(&store).await, (2, 1));
}

#[tokio::test]
async fn seen_at_is_when_the_list_was_first_seen_with_it() {
    let left = Stored::many(2);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    let seen_at = async |at: usize| {
        let found = store.inbox.get(&ana, left[at].id).await.unwrap().unwrap();
        found.view(&marks(&store).await).seen_at
    };
    assert_eq!(seen_at(0).await, None);
    let before = clock::now();
    store.inbox.mark_seen(&ana, Some(left[1].state.changed)).await.unwrap();
    let first = seen_at(1).await;
    assert!(first.is_some_and(|at| (before..=clock::now()).contains(&at)));
    assert_eq!(seen_at(0).await, None);
    sleep(Duration::from_millis(5)).await;
    store.inbox.mark_seen(&ana, None).await.unwrap();
    assert_eq!(seen_at(1).await, first);
    assert!(seen_at(0).await > first);
    store.act(&ana, left[1].id, Action::MarkRead).await.unwrap();
    assert_eq!(seen_at(1).await, first, "reading does not change when it was seen");
}

#[tokio::test]
async fn the_history_of_seeing_is_cut_back_and_the_one_of_reading_is_left() {
    let (store, ana) = (Store::new().await, user("ana"));
    store.insert(meta("ana", &[mark(OLD)])).await;
    let read = marks(&store).await.read_history;
    let count = i64::try_from(2 * HISTORY).unwrap();
    for n in 1..=count {
        assert_eq!(marks(&store).await.seen_history.len(), usize::try_from(n - 1).unwrap());
        store.inbox.mark_seen(&ana, Some(mark(OLD * (count + 1 - n)))).await.unwrap();
    }
    let after = marks(&store).await;
    assert_eq!((after.seen_history.len(), after.read_history), (HISTORY, read));
    assert!(after.seen_history.windows(2).all(|pair| pair[0].to > pair[1].to));
    assert_eq!(after.seen_history.first().map(|moved| moved.to), after.seen);
}

#[tokio::test]
async fn twenty_devices_that_see_different_things_agree_on_the_newest() {
    let left = Stored::many(20);
    let (store, ana) = (inbox_of(&left).await, user("ana"));
    let all = left.iter().rev().map(|left| store.inbox.mark_seen(&ana, Some(left.state.changed)));
    for unseen in join_all(all).await {
        assert!(unseen.unwrap() < 20);
    }
    assert_eq!(marks(&store).await.seen, Some(ChangeId::last_of(left[0].id.timestamp())));
    assert_eq!(counts(&store).await, (20, 0));
}
