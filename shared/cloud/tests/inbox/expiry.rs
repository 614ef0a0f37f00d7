//! TTL deletes late, by days if need be: what is past its time is gone for every read and write all the same.

use belfry_domain::{Letter, Watermarks};

use crate::support::{
    left::{Left, OLD},
    store::Store,
    user,
};

#[tokio::test]
async fn what_is_expired_is_on_no_list_and_in_no_count() {
    let store = Store::new().await;
    let ana = user("ana");
    let expired = Left::unread(OLD).expired(1);
    let kept = Left::unread(OLD + 1);
    let expired_and_read = Left::unread(OLD + 2).letter(Letter::Read).expired(3 * 24 * 60 * 60);
    store.insert_all([expired.of("ana"), kept.of("ana"), expired_and_read.of("ana")]).await;
    let marks = Watermarks::default();

    assert_eq!(store.inbox.get(&ana, expired.id).await.unwrap(), None);
    assert_eq!(store.inbox.get(&ana, expired_and_read.id).await.unwrap(), None);
    let listed = store.inbox.list(&ana, None, 10).await.unwrap().items;
    assert_eq!(listed.iter().map(|listed| listed.id).collect::<Vec<_>>(), [kept.id]);
    let unread = store.inbox.list_unread(&ana, &marks, None, 10).await.unwrap().items;
    assert_eq!(unread.iter().map(|listed| listed.id).collect::<Vec<_>>(), [kept.id]);
    assert_eq!(store.inbox.count_unread(&ana, None).await.unwrap(), 1);
    assert_eq!(store.inbox.newest_unread(&ana).await.unwrap().count(&marks), 1);
}

#[tokio::test]
async fn what_is_expired_can_neither_be_read_nor_deleted() {
    let store = Store::new().await;
    let ana = user("ana");
    let expired = Left::unread(OLD).expired(1);
    store.insert(expired.of("ana")).await;
    let before = store.notification_item(&ana, expired.id).await;
    assert_eq!(store.inbox.mark_read(&ana, expired.id).await.unwrap(), None);
    assert!(!store.inbox.delete(&ana, expired.id).await.unwrap());
    assert_eq!(store.notification_item(&ana, expired.id).await, before);
}

#[tokio::test]
async fn mark_all_neither_counts_nor_writes_what_is_expired() {
    let store = Store::new().await;
    let ana = user("ana");
    let (old, young) = (Left::unread(OLD).expired(1), Left::unread(1).expired(1));
    store.insert_all([old.of("ana"), young.of("ana")]).await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 0);
    assert_eq!(store.state(&ana, old.id).await, old.state);
    assert_eq!(store.state(&ana, young.id).await, young.state);
}
