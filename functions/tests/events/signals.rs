//! Domain events: what each comes to, once, by the bus and by REST.

use belfry_cloud::clock;
use serde_json::{Value, json};

use crate::support::{
    operations::happened,
    people::UserEvent,
    sample::{event, filled, with_body},
    world::{BROADCASTS, DEAD_LETTERS, World},
};

/// A sample that happened just now.
fn signal(name: &str) -> Value {
    filled(&event(&format!("signals-{name}")), "<TIME>", &clock::now().to_string())
}

async fn listed(world: &World, user: &str, role: &str) -> Vec<Value> {
    let list = world.get("/api/notifications/", &world.token(user, role)).await.body();
    list["results"].as_array().unwrap().clone()
}

/// The same event by REST, from the bearer.
async fn post(world: &World, token: &str, signal: &Value) -> crate::support::answered::Answered {
    world.send("POST", "/api/events/", token, signal).await
}

#[tokio::test]
async fn a_report_is_told_to_its_user_once_however_often_it_comes_and_by_whichever_way() {
    let world = World::new().await;
    let generated = signal("report-generated");
    for _ in 0..2 {
        world.signal(generated.clone()).await.unwrap();
    }
    // An admin may send again what the bus has given up: it is the same event.
    let answer = post(&world, &world.token("root", "admin"), &generated).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let listed = listed(&world, "ana", "analyst").await;
    assert_eq!(listed.len(), 1);
    let told = &listed[0];
    assert_eq!(answer.body(), json!({ "notifications": [told["id"]] }));
    assert_eq!(told["title"], "AI Report Ready - Demand");
    assert_eq!(
        (&told["notification_type"], &told["redirect_url"]),
        (&json!("report_ready"), &json!("/reports/#report-0f5c"))
    );
    assert_eq!(
        (&told["related_object_type"], &told["related_object_id"]),
        (&json!("report"), &json!("4711"))
    );
    assert_eq!((&told["created_at"], &told["count"]), (&generated["time"], &json!(1)));
    assert_eq!(world.queues.take(DEAD_LETTERS), Vec::<String>::new());
}

#[tokio::test]
async fn a_failed_report_says_why_and_one_that_fails_again_is_the_same_alert() {
    let world = World::new().await;
    let mut failed = signal("report-failed");
    world.signal(failed.clone()).await.unwrap();
    failed["id"] = json!("17793124-05d4-b198-2fde-7ededc63b1ff");
    failed["detail"]["error"] = json!("é".repeat(20_000));
    world.signal(failed).await.unwrap();
    let listed = listed(&world, "ana", "analyst").await;
    assert_eq!((listed.len(), &listed[0]["count"]), (1, &json!(2)));
    assert_eq!(listed[0]["notification_type"], "report_error");
    let message = listed[0]["message"].as_str().unwrap();
    assert!(message.starts_with("Your weekly report could not be made: éé"));
    assert_eq!(message.chars().count(), 10_000, "cut to what fits");
}

#[tokio::test]
async fn a_changed_role_is_told_counts_at_once_and_refreshes_the_sockets() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    world.signal(signal("user-upserted")).await.unwrap();
    world.open("ana", &["ana-1"]).await;
    let mut changed = signal("role-changed");
    changed["time"] = json!(clock::now().plus_millis(1));
    world.signal(changed.clone()).await.unwrap();
    let user = world.get("/api/user/current/", &token).await;
    assert_eq!(user.body()["role"]["role_type"], "manager", "by the same token");
    assert_eq!(world.recorder.closed(), ["ana-1"]);
    let told = listed(&world, "ana", "analyst").await;
    assert_eq!(told[0]["message"], "Your role is Manager now; it was Analyst. Changed by admin.");
    world.signal(changed).await.unwrap();
    assert_eq!(listed(&world, "ana", "analyst").await.len(), 1);
}

#[tokio::test]
async fn a_role_that_did_not_change_is_nobody_s_news() {
    let world = World::new().await;
    world.signal(signal("user-upserted")).await.unwrap();
    world.open("ana", &["ana-1"]).await;
    let mut saved = signal("role-not-changed");
    saved["time"] = json!(clock::now().plus_millis(1));
    world.signal(saved).await.unwrap();
    assert_eq!(listed(&world, "ana", "analyst").await, Vec::<Value>::new());
    assert_eq!(world.recorder.closed(), Vec::<String>::new());
}

#[tokio::test]
async fn a_denied_permission_is_told_to_every_active_admin_and_to_nobody_else() {
    let world = World::new().await;
    for (name, role, is_active) in [
        ("admin", "admin", true),
        ("second", "admin", true),
        ("former", "admin", false),
        ("ana", "analyst", true),
    ] {
        world.apply_event(name, UserEvent { role: Some(role), is_active, ago: 60 }).await;
    }
    let denied = signal("permission-denied");
    let answer = post(&world, &world.token("admin", "admin"), &denied).await;
    assert_eq!(answer.body()["notifications"].as_array().unwrap().len(), 2);
    for admin in ["admin", "second"] {
        let listed = listed(&world, admin, "admin").await;
        assert_eq!(listed[0]["message"], "vera tried to delete report 4711 without permission.");
    }
    assert_eq!(listed(&world, "ana", "analyst").await, Vec::<Value>::new());
    world.apply_event("former", UserEvent { role: Some("admin"), is_active: true, ago: 30 }).await;
    assert_eq!(listed(&world, "former", "admin").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_hundred_denials_are_one_item_for_an_admin_and_one_ring() {
    let world = World::new().await;
    world.apply_event("admin", UserEvent { role: Some("admin"), is_active: true, ago: 60 }).await;
    for number in 0..100 {
        let mut denied = signal("permission-denied");
        denied["id"] = json!(format!("denial-{number}"));
        denied["detail"]["audit_log_id"] = json!(number);
        world.signal(denied).await.unwrap();
    }
    let listed = listed(&world, "admin", "admin").await;
    assert_eq!((listed.len(), &listed[0]["count"]), (1, &json!(100)));
    assert_eq!(listed[0]["related_object_id"], "99");
    assert_eq!(world.images().await.len(), 1);
}

#[tokio::test]
async fn the_directory_learns_of_users_and_who_is_deactivated_is_signed_out() {
    let world = World::new().await;
    world.signal(signal("user-upserted")).await.unwrap();
    let user = world.get("/api/user/current/", &world.token("ana", "admin")).await.body();
    assert_eq!((&user["role"]["role_type"], &user["email"]), (&json!("analyst"), &json!("ana@example.com")));
    let token = world.token("vera", "viewer");
    assert_eq!(world.get("/api/user/current/", &token).await.status(), 200);
    world.open("vera", &["vera-1"]).await;
    world.signal(signal("user-deactivated")).await.unwrap();
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 403);
    assert_eq!(world.recorder.closed(), ["vera-1"]);
}

#[tokio::test]
async fn what_services_ask_for_is_sent_to_one_and_to_an_audience() {
    let world = World::new().await;
    let (mut requested, broadcast) = (signal("notification-requested"), signal("broadcast-requested"));
    requested["time"] = json!(clock::now().plus_millis(-1_000));
    for _ in 0..2 {
        world.signal(requested.clone()).await.unwrap();
    }
    assert_eq!(listed(&world, "ana", "analyst").await.len(), 1);
    let subscribed = world
        .send("PUT", "/api/topics/deploys/subscription/", &world.token("ana", "analyst"), &json!({}))
        .await;
    assert_eq!(subscribed.status(), 204);
    for _ in 0..2 {
        world.signal(broadcast.clone()).await.unwrap();
    }
    world.work_off().await;
    let told = listed(&world, "ana", "analyst").await;
    assert_eq!((told.len(), &told[0]["title"]), (2, &json!("Version 47 is live")));
    let answer = post(&world, &world.token("admin", "admin"), &broadcast).await.body();
    let path = format!("/api/broadcasts/{}/", answer["broadcast_id"].as_str().unwrap());
    let shown = world.get(&path, &world.token("admin", "admin")).await.body();
    assert_eq!(
        (&shown["status"], &shown["recipients"], &shown["sender"]),
        (&json!("done"), &json!(1), &json!("deployer"))
    );
}

#[tokio::test]
async fn what_can_not_be_understood_is_a_dead_letter_with_the_reason_and_holds_nothing_up() {
    let world = World::new().await;
    let old = filled(&event("signals-report-generated"), "<TIME>", "2020-01-01T00:00:00Z");
    for (sample, reason) in [
        (signal("malformed"), "/detail/agent_name is required"),
        (signal("unknown"), "/detail-type and source name no event that is known here"),
        (old, "/time must be at most 5 minutes ahead and 7 days ago"),
        (json!(["no", "event"]), "the body must be a JSON object"),
    ] {
        world.signal(sample.clone()).await.unwrap();
        let dead_letters = world.queues.take(DEAD_LETTERS);
        assert_eq!(dead_letters.len(), 1, "{sample}");
        let dead_letter: Value = serde_json::from_str(&dead_letters[0]).unwrap();
        assert_eq!(dead_letter["requestPayload"], sample, "whole");
        let message = dead_letter["responsePayload"]["errorMessage"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
    }
    world.signal(signal("report-generated")).await.unwrap();
    assert_eq!(listed(&world, "ana", "analyst").await.len(), 1);
}

#[tokio::test]
async fn a_name_that_told_something_else_tells_nothing_and_says_so() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    let first = signal("broadcast-requested");
    world.signal(first.clone()).await.unwrap();
    let (mut other_words, mut other_audience) = (first.clone(), first);
    other_words["detail"]["title"] = json!("Another");
    other_audience["detail"]["topic"] = json!("others");
    for other in [other_words, other_audience] {
        let answer = post(&world, &admin, &other).await;
        assert_eq!((answer.status(), &answer.body()["errors"][0]["pointer"]), (400, &json!("/id")));
        world.signal(other).await.unwrap();
        let dead_letters = world.queues.take(DEAD_LETTERS);
        assert!(
            dead_letters.len() == 1 && dead_letters[0].contains("/id must not be that of an event"),
            "{dead_letters:?}"
        );
    }
}

#[tokio::test]
async fn a_letter_that_can_not_be_sent_is_an_error_and_the_event_comes_again() {
    let world = World::new().await;
    world.queues.break_next(3);
    assert!(world.signal(signal("malformed")).await.is_err());
    world.signal(signal("malformed")).await.unwrap();
    assert_eq!(world.queues.take(DEAD_LETTERS).len(), 1);
}

#[tokio::test]
async fn by_rest_a_broken_event_is_told_field_by_field() {
    let world = World::new().await;
    let token = world.token("reports", "producer");
    let answer = post(&world, &token, &signal("malformed")).await;
    assert_eq!((answer.status(), answer.code().as_str()), (400, "invalid_body"));
    let pointers: Vec<_> =
        answer.body()["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/detail/user_id", "/detail/agent_name", "/detail/report_type"]);
    let answer = post(&world, &token, &signal("unknown")).await;
    assert_eq!(answer.body()["errors"][0]["pointer"], "/detail-type");
    assert_eq!(world.queues.take(DEAD_LETTERS), Vec::<String>::new());
}

#[tokio::test]
async fn who_may_send_events_and_who_may_say_who_may_do_what() {
    let world = World::new().await;
    for (role, report, account) in
        [("admin", 200, 200), ("producer", 200, 403), ("manager", 403, 403), ("viewer", 403, 403)]
    {
        let token = world.token(&format!("a-{role}"), role);
        assert_eq!(post(&world, &token, &signal("report-generated")).await.status(), report, "{role}");
        for sample in ["role-changed", "user-upserted", "user-deactivated"] {
            assert_eq!(post(&world, &token, &signal(sample)).await.status(), account, "{role} {sample}");
        }
    }
}

#[tokio::test]
async fn the_samples_of_rest_are_taken() {
    let world = World::new().await;
    let sample = filled(&happened(&event("api-event")), "<TOKEN>", &world.token("reports", "producer"));
    assert_eq!(world.api(sample).await.status(), 200);
    let everyone = filled(&event("api-create-everyone"), "<TOKEN>", &world.token("reports", "producer"));
    let answer = world.api(everyone.clone()).await;
    assert_eq!(answer.status(), 202);
    assert_eq!(world.queues.take(BROADCASTS).len(), 1);
    let not_open = with_body(
        everyone,
        &json!({ "everyone": true, "user": "ana", "title": "x", "message": "y", "notification_type": "info" }),
    );
    assert_eq!(world.api(not_open).await.body()["errors"][0]["pointer"], "/everyone");
}
