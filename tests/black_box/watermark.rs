//! Marking all read by the watermark, which covers what is older than ten seconds.

use belfry_tests::{Clock, Moment, Target, ids};
use serde_json::json;

#[tokio::test]
async fn what_the_watermark_read_is_read_everywhere_and_says_when() {
    let belfry = Target::start().await;
    let (admin, ana, clock) = (belfry.admin().await, belfry.user().await, Clock::of(&belfry).await);
    let old = admin.notify_times(&ana, 3).await;
    let oldest = ana.list().await["results"][2].clone();
    let page = ana.get("/api/notifications/unread/?limit=1").await.ok(200);
    let cursor_of_before = ana.link(&page, "next").unwrap();

    clock
        .wait_until_after(Moment::of(&ana.list().await["results"][0]["created_at"]).plus_millis(11_000))
        .await;
    let new = admin.notify(&ana, "New").await;
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 4 }));

    let list = ana.list().await;
    assert_eq!(ids(&list), [vec![new], old.clone()].concat());
    assert_eq!((&list["unread_count"], ana.unread_count().await), (&json!(0), 0));
    assert!(ids(&ana.unread().await).is_empty());
    assert!(ids(&ana.get(&cursor_of_before).await.ok(200)).is_empty());
    let watermark = list["read_watermark"].as_str().unwrap();
    for item in list["results"].as_array().unwrap() {
        assert_eq!(item["is_read"], true, "{item}");
        assert!(item["read_at"].as_str() > item["created_at"].as_str(), "{item}");
        assert!(item["updated_at"].as_str() >= item["read_at"].as_str(), "{item}");
    }
    let read = &list["results"][3];
    assert_eq!(read["changed"], oldest["changed"], "the mark read it, no write of its own");
    assert!(read["changed"].as_str() <= Some(watermark), "{read}");

    let path = format!("/api/notifications/{}/", old[2]);
    assert_eq!(ana.get(&path).await.ok(200), *read);
    assert_eq!(ana.post(&format!("{path}mark_as_read/")).await.ok(200)["is_read"], true);
    assert_eq!((ana.unread_count().await, &ana.get(&path).await.ok(200)["is_read"]), (0, &json!(true)));
    ana.delete(&path).await.ok(204);
    assert_eq!(ids(&ana.list().await).len(), 3);
}
