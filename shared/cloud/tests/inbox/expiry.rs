//! TTL deletes late, by days if need be: what is past its time is gone for every read and write all the same.

use belfry_cloud::{Listing, inbox::Counts};
use belfry_domain::Status;

use crate::support::{
    actions,
    left::{OLD, Stored},
    store::Store,
    user,
};

#[tokio::test]
async fn what_is_expired_is_on_no_list_and_in_no_count() {
    let store = Store::new().await;
    let ana = user("ana");
    let statuses = [Status::Unread, Status::Read, Status::Archived, Status::Snoozed];
    let [kept, expired, long_expired] = [0, 1, 3 * 24 * 60 * 60].map(|seconds| {
        statuses.map(|status| {
            let left = Stored::unread(OLD).status(status);
            if seconds > 0 { left.expired(seconds) } else { left }
        })
    });
    for left in [kept, expired, long_expired].concat() {
        store.insert(left.of("ana")).await;
    }
    for gone in [expired, long_expired].concat() {
        assert_eq!(store.inbox.get(&ana, gone.id).await.unwrap(), None);
    }
    let [unread, read, archived, snoozed] = kept.map(|left| left.id);
    assert_eq!(store.listed(&ana, Listing::All).await, [read, unread]);
    assert_eq!(store.listed(&ana, Listing::Unread).await, [unread]);
    assert_eq!(store.listed(&ana, Listing::Read).await, [read]);
    assert_eq!(store.listed(&ana, Listing::Archived).await, [archived]);
    assert_eq!(store.listed(&ana, Listing::Snoozed).await, [snoozed]);
    assert_eq!(store.inbox.counts(&ana).await.unwrap(), Counts { unread: 1, unseen: 1 });
    assert_eq!(store.view(&ana, Listing::All).await.unread_count, 1);
}

/// More than the count beside a list looks at.
#[tokio::test]
async fn many_expired_ones_hide_nothing_from_the_count_beside_a_list() {
    let store = Store::new().await;
    let ana = user("ana");
    let left = Stored::many(121);
    let (expired, kept) = left.split_at(120);
    store.insert_all(expired.iter().map(|left| left.expired(1).of("ana"))).await;
    store.insert(kept[0].of("ana")).await;
    assert_eq!(store.view(&ana, Listing::All).await.unread_count, 1);
    assert_eq!(store.unread(&ana).await, 1);
}

#[tokio::test]
async fn what_is_expired_can_be_changed_by_nothing() {
    let store = Store::new().await;
    let ana = user("ana");
    for status in [Status::Unread, Status::Read, Status::Archived, Status::Snoozed] {
        let expired = Stored::unread(OLD).status(status).expired(1);
        store.insert(expired.of("ana")).await;
        let before = store.notification_item(&ana, expired.id).await;
        for action in actions() {
            assert_eq!(store.act(&ana, expired.id, action).await.unwrap(), None, "{action:?}");
        }
        assert!(!store.inbox.delete(&ana, expired.id).await.unwrap());
        assert_eq!(store.notification_item(&ana, expired.id).await, before, "{status:?}");
    }
}

#[tokio::test]
async fn mark_all_neither_counts_nor_writes_what_is_expired() {
    let store = Store::new().await;
    let ana = user("ana");
    let (old, young) = (Stored::unread(OLD).expired(1), Stored::unread(1).expired(1));
    store.insert_all([old.of("ana"), young.of("ana")]).await;
    assert_eq!(store.inbox.mark_all_read(&ana).await.unwrap(), 0);
    assert_eq!(store.state(&ana, old.id).await, old.state);
    assert_eq!(store.state(&ana, young.id).await, young.state);
}
