//! Marking unread what was read, by hand or by the watermark.

use belfry_cloud::{Listing, inbox::Counts};
use belfry_domain::{Action, Status};

use crate::support::{
    draft,
    left::{OLD, Stored, mark, meta},
    store::{Store, operations},
    user,
};

#[tokio::test]
async fn what_a_watermark_has_read_is_unread_again_and_stays_so() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(3);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 3);
    let again = store.act(&ana, left[1].id, Action::MarkUnread).await.unwrap().unwrap();
    let marks = store.inbox.watermarks(&ana).await.unwrap();
    assert!(!marks.is_read(again.state) && again.state.changed > left[1].state.changed);

    store.act(&ana, left[0].id, Action::MarkRead).await.unwrap();
    for _ in 0..2 {
        assert_eq!(store.listed(&ana, Listing::Unread).await, [left[1].id]);
        assert_eq!(store.listed(&ana, Listing::Read).await, [left[0].id, left[2].id]);
        assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 1, unseen: 1 });
    }
    assert_eq!(store.inbox.get(&ana, left[1].id).await.unwrap(), Some(again));
}

#[tokio::test]
async fn what_was_read_one_by_one_by_marking_all_is_unread_again() {
    let (store, ana) = (Store::new().await, user("ana"));
    let id = store.inbox.create(draft("ana", "Young")).await.unwrap().id;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
    let again = store.act(&ana, id, Action::MarkUnread).await.unwrap().unwrap();
    assert_eq!((again.state.status, again.read_at), (Status::Unread, None));
    assert_eq!(store.listed(&ana, Listing::Unread).await, [id]);
}

#[tokio::test]
async fn what_was_marked_unread_is_read_by_marking_all_again() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    for _ in 0..3 {
        assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 1);
        assert_eq!(store.unread(&ana).await, 0);
        store.act(&ana, left.id, Action::MarkUnread).await.unwrap();
        assert_eq!(store.unread(&ana).await, 1);
    }
}

#[tokio::test]
async fn what_becomes_unread_comes_first_among_the_unread_and_keeps_its_place_among_all() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(3);
    store.insert_all(left.iter().map(|left| left.of("ana"))).await;
    let oldest = left[2].id;
    store.act(&ana, oldest, Action::MarkRead).await.unwrap();
    store.act(&ana, oldest, Action::MarkUnread).await.unwrap();
    assert_eq!(store.listed(&ana, Listing::Unread).await, [oldest, left[0].id, left[1].id]);
    assert_eq!(store.listed(&ana, Listing::All).await, [left[0].id, left[1].id, oldest]);
}

#[tokio::test]
async fn marking_unread_costs_two_calls_and_three_more_where_the_watermark_has_read_it() {
    let (store, ana) = (Store::new().await, user("ana"));
    let (read, unread) = (Stored::unread(OLD).status(Status::Read), Stored::unread(OLD));
    store.insert_all([read.of("ana"), unread.of("ana")]).await;
    let (calls, _) = store.calls_of(store.act(&ana, read.id, Action::MarkUnread)).await;
    assert_eq!(operations(&calls), ["GetItem", "UpdateItem"]);
    let (calls, _) = store.calls_of(store.act(&ana, unread.id, Action::MarkUnread)).await;
    assert_eq!(operations(&calls), ["GetItem", "UpdateItem"], "it was unread");
    store.insert(meta("ana", &[mark(OLD / 2)])).await;
    let (calls, _) = store.calls_of(store.act(&ana, unread.id, Action::MarkUnread)).await;
    assert_eq!(operations(&calls), ["GetItem", "UpdateItem", "GetItem", "GetItem", "UpdateItem"]);
}
