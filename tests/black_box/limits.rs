//! What one user can't exhaust.

use std::time::Duration;

use belfry_tests::{Answer, Client, NOTIFICATIONS, Socket, Target, draft, event, ids};
use serde_json::{Value, json};

/// More requests than any class that is counted across instances allows in a minute.
const MANY: usize = 250;

/// Calls until the answer is a 429 of that class. Where another class refuses first, it waits as it is told.
async fn until_refused(class: &str, mut call: impl AsyncFnMut() -> Answer) -> Answer {
    for _ in 0..MANY {
        let answer = call().await;
        if answer.status != 429 {
            assert!(answer.status < 300, "{answer:?}");
        } else if answer.header("ratelimit-policy").starts_with(&format!("\"{class}\";q=")) {
            return answer;
        } else {
            let seconds = answer.header("retry-after").parse().unwrap();
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
    panic!("{class}: no limit");
}

fn is_refused(answer: &Answer, class: &str) {
    answer.problem(429, "too_many_requests");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&wait), "{answer:?}");
    assert_eq!(answer.header("ratelimit"), format!("\"{class}\";r=0;t={wait}"));
}

#[tokio::test]
async fn tickets() {
    let belfry = Target::start().await;
    let (ana, bruno) = (belfry.user().await.impatient(), belfry.user().await);
    let refused = until_refused("tickets", async || ana.post("/api/ws/ticket/").await).await;
    is_refused(&refused, "tickets");
    ana.get(NOTIFICATIONS).await.ok(200);
    bruno.post("/api/ws/ticket/").await.ok(201);
}

#[tokio::test]
async fn sends_to_audiences() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let detail = json!({ "user_id": ana.user(), "role": "producer" });
    let upserted = event("supply.users", "User Upserted", &detail);
    admin.post_json("/api/events/", &upserted).await.ok(200);
    let ana = belfry.sign_in(ana.user()).await.impatient();
    let body = json!({
        "topic": "nobody-has-subscribed", "title": "Hi", "message": "There", "notification_type": "info",
    });
    let refused = until_refused("audiences", async || ana.post_json(NOTIFICATIONS, &body).await).await;
    is_refused(&refused, "audiences");
    let requested = event("any", "Notification Requested", &body);
    is_refused(&ana.post_json("/api/events/", &requested).await, "audiences");
    ana.post_json(NOTIFICATIONS, &draft(bruno.user(), "To one")).await.ok(201);
}

#[tokio::test]
async fn topics() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let topic = |number: usize| format!("/api/topics/black-box-{number}/subscription/");
    for number in 0..100 {
        ana.put(&topic(number), &json!({})).await.ok(204);
    }
    let refused = ana.put(&topic(100), &json!({})).await.problem(409, "too_many_topics");
    assert_eq!(refused["detail"], "A user may subscribe to at most 100 topics.");
    ana.put(&topic(7), &json!({})).await.ok(204);
    ana.delete(&topic(7)).await.ok(204);
    ana.put(&topic(100), &json!({})).await.ok(204);
    assert_eq!(ana.get(&topic(100)).await.ok(200)["is_subscribed"], true);
}

async fn hello(socket: &mut Socket, cursor: &Value) {
    socket.send(json!({ "type": "hello", "cursor": cursor }).to_string()).await;
}

/// The next frame of that type, whatever comes before it.
async fn next_of(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] == kind {
            return frame;
        }
    }
}

#[tokio::test]
async fn hellos_at_once_are_all_answered() {
    const HELLOS: usize = 8;
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    hello(&mut socket, &Value::Null).await;
    let cursor = next_of(&mut socket, "welcome").await["cursor"].clone();
    let id = admin.notify(&ana, "Missed").await;
    socket.expect_ring(&id).await;
    for _ in 0..HELLOS {
        hello(&mut socket, &cursor).await;
    }
    let (mut welcomes, mut syncs) = (0, 0);
    while (welcomes, syncs) != (HELLOS, HELLOS) {
        let frame = socket.next().await;
        match frame["type"].as_str().unwrap() {
            "welcome" => welcomes += 1,
            "sync" => {
                assert_eq!((&frame["recovered"], &frame["more"]), (&json!(true), &json!(false)));
                assert_eq!(frame["changes"][0]["notification_id"], id.as_str());
                syncs += 1;
            }
            other => panic!("{other}"),
        }
    }
}

/// Gives the user more changes than one answer to a hello may carry.
async fn store_too_much(admin: &Client, user: &Client) {
    let mut body = draft(user.user(), "Large");
    body["message"] = json!("…".repeat(9_900));
    for _ in 0..140 {
        admin.create(&body).await;
    }
}

#[tokio::test]
async fn a_hello_after_too_much_leads_to_the_list() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    hello(&mut socket, &Value::Null).await;
    let cursor = next_of(&mut socket, "welcome").await["cursor"].clone();
    drop(socket);
    store_too_much(&admin, &ana).await;
    let mut socket = Socket::open(&ana).await;
    hello(&mut socket, &cursor).await;
    assert_eq!(next_of(&mut socket, "welcome").await["unread_count"], 100);
    let sync = next_of(&mut socket, "sync").await;
    assert_eq!((&sync["recovered"], &sync["more"]), (&json!(false), &json!(false)));
    assert_eq!(sync["changes"], json!([]));
    let list = ana.get("/api/notifications/?limit=100").await.ok(200);
    // So large that a page may be short.
    assert!(!ids(&list).is_empty() && list["next"].is_string());
}
