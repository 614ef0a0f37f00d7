//! Doing one thing with one notification, or with the whole inbox.

use belfry_cloud::clock;
use belfry_domain::Action;
use serde_json::{Value, json};

use crate::support::{
    draft,
    sample::{event, event_with, filled},
    user,
    world::World,
};

async fn listed(world: &World, query: &str, token: &str) -> Vec<String> {
    let body = world.get(&format!("/api/notifications/{query}"), token).await.body();
    body["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn counts(world: &World, token: &str) -> Value {
    world.get("/api/notifications/unread_count/", token).await.body()
}

#[tokio::test]
async fn each_action_leads_on_or_leaves_it_as_it_is() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    let mut before = world.get(&format!("/api/notifications/{id}/"), &token).await.body();
    for (action, is_read, archived, changes) in [
        ("mark_as_unread", false, false, false),
        ("unarchive", false, false, false),
        ("mark_as_read", true, false, true),
        ("mark_as_read", true, false, false),
        ("mark_as_unread", false, false, true),
        ("archive", true, true, true),
        ("archive", true, true, false),
        ("mark_as_read", true, true, false),
        ("unarchive", true, false, true),
        ("archive", true, true, true),
        ("mark_as_unread", false, false, true),
    ] {
        let answer = world.post(&format!("/api/notifications/{id}/{action}/"), &token).await;
        let after = answer.body();
        assert_eq!(answer.status(), 200, "{action}");
        assert_eq!(
            (&after["is_read"], after["archived_at"].is_string()),
            (&json!(is_read), archived),
            "{action}"
        );
        assert_eq!(after["changed"] != before["changed"], changes, "{action}");
        before = after;
    }
}

#[tokio::test]
async fn what_is_snoozed_is_out_of_the_list_until_its_time() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.store(&event("fanout-insert")).await;
    let until = clock::now().plus_millis(1_500);
    let until_text = json!(until).as_str().unwrap().to_owned();
    let answer = world.api(filled(&event_with("api-snooze", &token), "<UNTIL>", &until_text)).await;
    assert_eq!((answer.status(), &answer.body()["snoozed_until"]), (200, &json!(until)), "{answer:?}");
    let id = answer.body()["id"].as_str().unwrap().to_owned();
    assert_eq!(listed(&world, "", &token).await, Vec::<String>::new());
    assert_eq!(listed(&world, "?status=snoozed", &token).await, std::slice::from_ref(&id));
    assert_eq!(counts(&world, &token).await, json!({ "unread_count": 0, "unseen_count": 0 }));
    while clock::now() <= until {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(
        counts(&world, &token).await,
        json!({ "unread_count": 1, "unseen_count": 1 }),
        "who looks, wakes"
    );
    assert_eq!(listed(&world, "?status=unread", &token).await, [id]);
}

#[tokio::test]
async fn a_time_to_snooze_until_must_be_one_and_to_come() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let id = world.inbox.create(draft("ana")).await.unwrap().id;
    let path = format!("/api/notifications/{id}/snooze/");
    let in_days = |days: i64| json!(clock::now().plus_millis(days * 24 * 3_600_000));
    for (body, pointer) in [
        (json!({}), "/until"),
        (json!({ "until": null }), "/until"),
        (json!({ "until": 7 }), "/until"),
        (json!({ "until": "tomorrow" }), "/until"),
        (json!({ "until": in_days(-1) }), "/until"),
        (json!({ "until": in_days(367) }), "/until"),
        (json!({ "until": in_days(1), "for": "a day" }), "/for"),
    ] {
        let answer = world.send("POST", &path, &token, &body).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{body}");
        assert_eq!(answer.body()["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(world.api(event_with("api-snooze", &token)).await.status(), 400, "the place is not filled");
    let answer = world.send("POST", &path, &token, &json!({ "until": in_days(365) })).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn what_was_seen_is_out_of_the_count_of_the_unseen_and_still_unread() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.store(&event("fanout-insert")).await;
    assert_eq!(counts(&world, &token).await, json!({ "unread_count": 1, "unseen_count": 1 }));
    world.inbox.create(draft("ana")).await.unwrap();
    let answer = world.api(event_with("api-seen", &token)).await;
    assert_eq!((answer.status(), answer.body()), (200, json!({ "unseen_count": 1 })), "up to the report");
    assert_eq!(counts(&world, &token).await, json!({ "unread_count": 2, "unseen_count": 1 }));
    let body = world.get("/api/notifications/", &token).await.body();
    let seen: Vec<_> =
        body["results"].as_array().unwrap().iter().map(|one| one["seen_at"].is_string()).collect();
    assert_eq!((seen, body["seen_watermark"].is_string()), (vec![false, true], true));

    let answer = world.post("/api/notifications/seen/", &token).await;
    assert_eq!((answer.status(), answer.body()), (200, json!({ "unseen_count": 0 })), "all of it");
    assert_eq!(counts(&world, &token).await, json!({ "unread_count": 2, "unseen_count": 0 }));
    for body in [json!({}), json!({ "up_to": null })] {
        let answer = world.send("POST", "/api/notifications/seen/", &token, &body).await;
        assert_eq!(answer.body(), json!({ "unseen_count": 0 }), "{body}");
    }
    for body in [json!({ "up_to": "now" }), json!({ "up_to": 7 }), json!({ "upto": null }), json!([])] {
        let answer = world.send("POST", "/api/notifications/seen/", &token, &body).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn marking_all_read_tells_how_many_that_were() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.store(&event("fanout-insert")).await;
    let recent = world.inbox.create(draft("ana")).await.unwrap().id;
    let read = world.inbox.create(draft("ana")).await.unwrap().id;
    world.inbox.act(&user("ana"), read, Action::MarkRead).await.unwrap();
    world.inbox.create(draft("bruno")).await.unwrap();
    for marked in [2, 0] {
        let answer = world.post("/api/notifications/mark_all_read/", &token).await;
        assert_eq!((answer.status(), answer.body()), (200, json!({ "marked_as_read": marked })));
        assert_eq!(counts(&world, &token).await, json!({ "unread_count": 0, "unseen_count": 0 }));
    }
    let all = listed(&world, "?status=read", &token).await;
    assert_eq!((all.len(), &all[0]), (3, &read.to_string()));
    assert!(all.contains(&recent.to_string()));
    let others = world.inbox.counts(&user("bruno")).await.unwrap();
    assert_eq!(others.unread, 1, "only the caller's");
}
