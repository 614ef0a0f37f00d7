//! Broadcasts: a topic, a role and many who are named; live, and changed afterwards, live too.

use std::time::Duration;

use belfry_tests::{Client, NOTIFICATIONS, Socket, Target, draft_for_many, event};
use serde_json::{Value, json};

fn unique() -> String {
    format!("black-box-{:08x}", fastrand::u32(..))
}

fn subscription(topic: &str) -> String {
    format!("/api/topics/{topic}/subscription/")
}

/// Opens a broadcast to that audience; its address.
async fn announce(sender: &Client, audience: &str, name: &str, title: &str) -> String {
    let body = json!({ audience: name, "title": title, "message": "To all.", "notification_type": "info" });
    let answer = sender.post_json(NOTIFICATIONS, &body).await;
    let broadcast = answer.ok(202);
    assert_eq!(broadcast["audience"], json!({ audience: name }));
    let path = format!("/api/broadcasts/{}/", broadcast["broadcast_id"].as_str().unwrap());
    assert_eq!(answer.header("location"), path);
    path
}

/// The broadcast once it is in that status.
async fn until(sender: &Client, path: &str, status: &str) -> Value {
    let reached = async {
        loop {
            let broadcast = sender.get(path).await.ok(200);
            if broadcast["status"] == status {
                return broadcast;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let reached = tokio::time::timeout(belfry_tests::DEADLINE, reached).await;
    reached.unwrap_or_else(|_| panic!("{path} is never {status}"))
}

#[tokio::test]
async fn a_topic_reaches_its_subscribers_live_and_can_be_edited_and_recalled() {
    let belfry = Target::start().await;
    let (admin, ana, bruno, vera) =
        (belfry.admin().await, belfry.user().await, belfry.user().await, belfry.user().await);
    let (topic, title) = (unique(), unique());
    for user in [&ana, &bruno, &vera] {
        user.put(&subscription(&topic), &json!({})).await.ok(204);
    }
    vera.delete(&subscription(&topic)).await.ok(204);
    assert_eq!(ana.get(&subscription(&topic)).await.ok(200)["is_subscribed"], true);
    assert_eq!(vera.get(&subscription(&topic)).await.ok(200)["is_subscribed"], false);
    let mut sockets = [Socket::open(&ana).await, Socket::open(&bruno).await];
    let mut other = Socket::open(&vera).await;

    let path = announce(&admin, "topic", &topic, &title).await;
    let mut ids = Vec::new();
    for socket in &mut sockets {
        let ring = socket.next().await;
        assert_eq!((&ring["type"], &ring["title"]), (&json!("notification"), &json!(title)));
        ids.push(ring["notification_id"].clone());
    }
    let done = until(&admin, &path, "done").await;
    assert_eq!((&done["recipients"], &done["failed"]), (&json!(2), &json!(0)));

    admin.patch(&path, &json!({ "message": "Changed." })).await.ok(202);
    for (socket, id) in sockets.iter_mut().zip(&ids) {
        let updated = socket.next().await;
        assert_eq!((&updated["type"], &updated["notification_id"]), (&json!("notification_updated"), id));
        assert_eq!(updated["message"], "Changed.");
    }
    until(&admin, &path, "done").await;

    admin.delete(&path).await.ok(202);
    for (socket, id) in sockets.iter_mut().zip(&ids) {
        let state = socket.next().await;
        assert_eq!((&state["notification_id"], &state["deleted"]), (id, &json!(true)));
    }
    until(&admin, &path, "recalled").await;
    assert_eq!((ana.listed("all").await, bruno.unread_count().await), (Vec::new(), 0));
    let next = admin.notify(&vera, "Next").await;
    other.expect_ring(&next).await;
}

#[tokio::test]
async fn a_role_is_those_who_have_it_now() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let role = unique();
    for user in [&ana, &bruno] {
        user.get("/api/user/current/").await.ok(200);
    }
    let given = event("supply.users", "User Upserted", &json!({ "user_id": ana.user(), "role": role }));
    admin.post_json("/api/events/", &given).await.ok(200);
    let path = announce(&admin, "role", &role, "For your role").await;
    assert_eq!(until(&admin, &path, "done").await["recipients"], 1);
    assert_eq!((ana.listed("all").await.len(), bruno.listed("all").await.len()), (1, 0));
}

#[tokio::test]
async fn more_than_a_hundred_who_are_named_are_told_once_each_also_when_it_is_sent_again() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mark = unique();
    let mut users: Vec<_> = (0..249).map(|number| format!("{mark}-{number}")).collect();
    users.push(ana.user().to_owned());
    let users: Vec<_> = users.iter().map(String::as_str).collect();
    let mut socket = Socket::open(&ana).await;
    let key = "idempotency-key".parse().unwrap();
    let sender = admin.with_header(key, &mark);
    let body = draft_for_many(&users, "To many");
    let first = sender.post_json(NOTIFICATIONS, &body).await.ok(202);
    let again = sender.post_json(NOTIFICATIONS, &body).await.ok(202);
    assert_eq!(first["broadcast_id"], again["broadcast_id"]);
    let path = format!("/api/broadcasts/{}/", first["broadcast_id"].as_str().unwrap());
    let done = until(&admin, &path, "done").await;
    assert_eq!((&done["recipients"], &done["audience"]), (&json!(250), &json!({ "users": 250 })));
    assert_eq!(socket.next().await["title"], "To many");
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn a_broadcast_that_was_recalled_can_t_be_edited_and_one_that_is_done_can_t_be_cancelled() {
    let belfry = Target::start().await;
    let admin = belfry.admin().await;
    let path = announce(&admin, "topic", &unique(), "To nobody").await;
    until(&admin, &path, "done").await;
    assert_eq!(admin.post(&format!("{path}cancel/")).await.ok(200)["status"], "done");
    admin.patch(&path, &json!({ "title": "" })).await.problem(400, "invalid_body");
    admin.delete(&path).await.ok(202);
    until(&admin, &path, "recalled").await;
    admin.patch(&path, &json!({ "title": "Again" })).await.problem(409, "conflict");
}

#[tokio::test]
async fn broadcasts_are_nobody_s_business_but_the_sender_s_and_the_admins() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let path = announce(&admin, "topic", &unique(), "To nobody").await;
    for answer in [
        ana.get(&path).await,
        ana.patch(&path, &json!({ "title": "Mine" })).await,
        ana.delete(&path).await,
        ana.post(&format!("{path}cancel/")).await,
    ] {
        answer.problem(403, "forbidden");
    }
    admin.get("/api/broadcasts/019a7a3f-7c00-7000-8000-000000000047/").await.problem(404, "not_found");
    admin.get("/api/broadcasts/nonsense/").await.problem(404, "not_found");
    for topic in ["a%20b", "a%2Fb", &"x".repeat(101)] {
        ana.put(&subscription(topic), &json!({})).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_sender_finds_what_is_told_and_may_try_again_what_failed() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let path = announce(&admin, "topic", &unique(), &unique()).await;
    let done = until(&admin, &path, "done").await;
    let mut next = Some("/api/broadcasts/".to_owned());
    let found = loop {
        let page = admin.get(&next.expect("it is in the list")).await.ok(200);
        let results = page["results"].as_array().unwrap().clone();
        if let Some(found) = results.into_iter().find(|one| one["broadcast_id"] == done["broadcast_id"]) {
            break found;
        }
        next = page["next"].as_str().map(str::to_owned);
    };
    assert_eq!(found["title"], done["title"]);
    ana.get("/api/broadcasts/").await.problem(403, "forbidden");
    admin.post(&format!("{path}retry/")).await.ok(202);
    assert_eq!(until(&admin, &path, "done").await["failed"], 0);
}
