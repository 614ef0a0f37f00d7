//! Marking all read by the watermark, which covers what is older than ten seconds.

use std::time::Duration;

use belfry_tests::{Target, draft, ids};
use serde_json::{Value, json};

/// Minutes and seconds of a time, as milliseconds: enough to compare times of one hour.
fn millis(time: &Value) -> i64 {
    let text = time.as_str().unwrap();
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    number(14..16) * 60_000 + number(17..19) * 1_000 + number(20..23)
}

#[tokio::test]
async fn what_the_watermark_read_is_read_everywhere_and_says_when() {
    let belfry = Target::start().await;
    let (admin, ana, probe) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let old = admin.notify_times(&ana, 3).await;
    let oldest = ana.list().await["results"][2].clone();
    let page = ana.get("/api/notifications/unread/?limit=1").await.ok(200);
    let cursor_of_before = ana.link(&page, "next").unwrap();

    // The target's clock says when these are old enough, not this machine's.
    loop {
        let now = admin.create(&draft(probe.user(), "What time is it?")).await;
        let age = (millis(&now["created_at"]) - millis(&oldest["created_at"])).rem_euclid(3_600_000);
        if age > 11_000 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
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
