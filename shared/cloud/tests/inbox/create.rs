//! Creating notifications and getting them back.

use belfry_cloud::clock;
use belfry_domain::{Action, CreateRequest, Status, Watermarks};
use serde_json::json;

use crate::support::{
    draft,
    store::{RETENTION_DAYS, Store, attributes, operations},
    user,
};

#[tokio::test]
async fn a_new_notification_is_unread_and_reads_back_as_it_was_returned() {
    let store = Store::new().await;
    let body = json!({
        "user": "ana", "title": "Report \u{202e}ready", "message": "All of it.\n🔔", "category": "reports",
        "notification_type": "report_ready", "related_object_type": "report", "related_object_id": "4711",
        "redirect_url": "/reports/#7", "data": { "pages": 12, "nested": [1.5, null, "1e400", { "": true }] },
    });
    let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
    let created = store.inbox.create(draft.clone()).await.unwrap();
    assert_eq!((&created.user, &created.content), (&draft.user, &draft.content));
    assert_eq!(created.state.status, Status::Unread);
    assert!(!Watermarks::default().is_read(created.state));
    assert_eq!(store.inbox.get(&user("ana"), created.id).await.unwrap(), Some(created));
}

#[tokio::test]
async fn a_create_is_one_call_and_stores_nothing_for_what_was_left_out() {
    let store = Store::new().await;
    let (calls, created) = store.calls_of(store.inbox.create(draft("ana", "Hi"))).await;
    let created = created.unwrap();
    assert_eq!(operations(&calls), ["PutItem"]);
    let item = store.notification_item(&user("ana"), created.id).await;
    assert_eq!(
        attributes(&item),
        ["changed", "expires_at", "item", "message", "notification_type", "state", "title", "user"]
    );
    assert_eq!(item["state"].as_s().unwrap(), &format!("u#{}", created.state.changed));
}

#[tokio::test]
async fn the_change_is_minted_apart_from_the_id_and_both_by_this_clock() {
    let store = Store::new().await;
    let before = clock::now();
    let created = store.inbox.create(draft("ana", "Hi")).await.unwrap();
    assert_ne!(created.id.to_string(), created.state.changed.to_string());
    assert!(created.id.timestamp() >= before && created.state.changed.timestamp() >= created.id.timestamp());
    assert!(created.state.changed.timestamp() <= clock::now());
}

#[tokio::test]
async fn a_notification_is_kept_for_the_retention_in_whole_seconds() {
    let store = Store::new().await;
    let seconds = i64::from(RETENTION_DAYS) * 24 * 60 * 60;
    let before = clock::now().as_seconds();
    let created = store.inbox.create(draft("ana", "Hi")).await.unwrap();
    let after = clock::now().as_seconds();
    assert!((before + seconds..=after + seconds).contains(&created.expires_at.as_seconds()));
    assert_eq!(created.expires_at.as_millis() % 1000, 0);
    let item = store.notification_item(&user("ana"), created.id).await;
    assert_eq!(item["expires_at"].as_n().unwrap(), &created.expires_at.as_seconds().to_string());
}

#[tokio::test]
async fn somebody_elses_notification_is_not_there_and_stays_as_it_is() {
    let store = Store::new().await;
    let created = store.inbox.create(draft("ana", "Hi")).await.unwrap();
    let before = store.notification_item(&user("ana"), created.id).await;
    let bruno = user("bruno");
    assert_eq!(store.inbox.get(&bruno, created.id).await.unwrap(), None);
    assert_eq!(store.act(&bruno, created.id, Action::MarkRead).await.unwrap(), None);
    assert!(!store.inbox.delete(&bruno, created.id).await.unwrap());
    assert_eq!(store.notification_item(&user("ana"), created.id).await, before);
    assert_eq!(store.size().await, 1);
}
