//! Having seen the list, which is not having read it.

use belfry_tests::{Client, Target, ids, pointers};
use serde_json::{Value, json};

const SEEN: &str = "/api/notifications/seen/";

async fn see(owner: &Client, up_to: &Value) -> u64 {
    owner.post_json(SEEN, &json!({ "up_to": up_to })).await.ok(200)["unseen_count"].as_u64().unwrap()
}

/// Of each item, newest first, whether it was seen.
async fn seen(owner: &Client) -> Vec<bool> {
    let list = owner.list().await;
    list["results"].as_array().unwrap().iter().map(|item| item["seen_at"].is_string()).collect()
}

#[tokio::test]
async fn seeing_the_list_counts_nothing_as_read() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    assert_eq!(ana.post(SEEN).await.ok(200), json!({ "unseen_count": 0 }));
    admin.notify_times(&ana, 3).await;
    assert_eq!((ana.counts().await, seen(&ana).await), ((3, 3), vec![false; 3]));
    assert_eq!(ana.post(SEEN).await.ok(200), json!({ "unseen_count": 0 }));
    assert_eq!((ana.counts().await, seen(&ana).await), ((3, 0), vec![true; 3]));
    let list = ana.list().await;
    assert!(list["seen_watermark"].as_str() >= list["results"][0]["changed"].as_str(), "{list}");
    assert!(list["results"].as_array().unwrap().iter().all(|item| item["is_read"] == false), "{list}");
    admin.notify(&ana, "After").await;
    assert_eq!((ana.counts().await, seen(&ana).await), ((4, 1), vec![false, true, true, true]));
}

#[tokio::test]
async fn seeing_up_to_a_change_leaves_what_is_newer_and_never_goes_back() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify_times(&ana, 4).await;
    let results = ana.list().await["results"].clone();
    assert_eq!(see(&ana, &results[2]["changed"]).await, 2);
    assert_eq!((ana.counts().await, seen(&ana).await), ((4, 2), vec![false, false, true, true]));
    assert_eq!(see(&ana, &results[3]["changed"]).await, 2, "it doesn't go back");
    assert_eq!(seen(&ana).await, [false, false, true, true]);
    assert_eq!(see(&ana, &results[0]["changed"]).await, 0);
    assert_eq!(see(&ana, &results[2]["changed"]).await, 0);
    assert_eq!((ana.counts().await, seen(&ana).await), ((4, 0), vec![true; 4]));
}

#[tokio::test]
async fn nobody_sees_what_is_yet_to_come() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify(&ana, "Before").await;
    assert_eq!(see(&ana, &json!("ffffffff-ffff-7fff-bfff-ffffffffffff")).await, 0);
    assert_eq!(ana.counts().await, (1, 0));
    // Within the same millisecond as the mark it would count as seen.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    admin.notify(&ana, "After").await;
    assert_eq!(ana.counts().await, (2, 1));
}

#[tokio::test]
async fn what_becomes_news_again_is_unseen_again_and_what_is_read_counts_as_seen() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 3).await;
    ana.post(SEEN).await.ok(200);
    ana.act(&sent[2], "mark_as_read").await.ok(200);
    ana.act(&sent[2], "mark_as_unread").await.ok(200);
    assert_eq!(ana.counts().await, (3, 1));
    ana.act(&sent[2], "mark_as_read").await.ok(200);
    assert_eq!(ana.counts().await, (2, 0));
    let read = ana.shown(&sent[2]).await;
    assert!(read["seen_at"].is_string(), "{read}");
    let unseen = admin.notify(&ana, "Read unseen").await;
    let read = ana.act(&unseen, "mark_as_read").await.ok(200);
    assert_eq!(read["seen_at"], read["read_at"]);
}

#[tokio::test]
async fn an_answer_after_seeing_says_when_as_the_list_does() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 4).await;
    ana.post(SEEN).await.ok(200);
    for (id, action) in sent.iter().zip(["mark_as_read", "archive", "mark_as_unread"]) {
        let answer = ana.act(id, action).await.ok(200);
        assert_eq!(ana.shown(id).await, answer, "{action}");
    }
    let answer = ana.patch(&belfry_tests::path_of(&sent[3]), &json!({ "is_read": true })).await.ok(200);
    assert_eq!(ana.shown(&sent[3]).await, answer);
}

#[tokio::test]
async fn what_is_no_change_is_refused_by_name() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Unseen").await;
    let version_4 = format!("{}4{}", &id[..14], &id[15..]);
    for bad in [json!("now"), json!(""), json!(7), json!([id]), json!(version_4)] {
        let problem = ana.post_json(SEEN, &json!({ "up_to": bad })).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), ["/up_to"], "{bad}");
    }
    let problem = ana.post_json(SEEN, &json!({ "upto": id })).await.problem(400, "invalid_body");
    assert_eq!(pointers(&problem), ["/upto"]);
    for body in [json!([]), json!(7), json!("x")] {
        ana.post_json(SEEN, &body).await.problem(400, "invalid_body");
    }
    assert_eq!((ana.counts().await, ids(&ana.list().await)), ((1, 1), vec![id]));
    assert_eq!(ana.post_json(SEEN, &json!({})).await.ok(200), json!({ "unseen_count": 0 }));
}
