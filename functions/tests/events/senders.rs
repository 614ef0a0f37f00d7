//! What one sender can't do to another's notifications: silence, reword, rewrite or delete them.

use belfry_cloud::clock;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    people::UserEvent,
    sample::{event, filled},
    world::World,
};

/// A sample event whose time is that many milliseconds from now.
fn signal_at(name: &str, millis: i64) -> Value {
    filled(&event(&format!("signals-{name}")), "<TIME>", &clock::now().plus_millis(millis).to_string())
}

/// An alert that vera tried something, with that sender's text.
fn denied(id: &str, username: &str, millis: i64) -> Value {
    let mut denied = signal_at("permission-denied", millis);
    denied["id"] = json!(id);
    denied["detail"]["username"] = json!(username);
    denied
}

async fn post(world: &World, token: &str, event: &Value) -> Answered {
    world.send("POST", "/api/events/", token, event).await
}

async fn listed(world: &World, user: &str, role: &str) -> Vec<Value> {
    let list = world.get("/api/notifications/", &world.token(user, role)).await.body();
    list["results"].as_array().unwrap().clone()
}

/// A world with one admin, who is told of what was denied.
async fn world_with_admin() -> World {
    let world = World::new().await;
    world.apply_event("admin", UserEvent { role: Some("admin"), is_active: true, ago: 60 }).await;
    world
}

mod alerts {
    use super::*;

    #[tokio::test]
    async fn of_a_producer_do_not_absorb_those_of_another_sender() {
        let world = world_with_admin().await;
        let harmless = denied("a", "healthcheck (test, ignore)", 298_000);
        for producer in ["billing", "reports"] {
            let answer = post(&world, &world.token(producer, "producer"), &harmless).await;
            assert_eq!(answer.status(), 200, "{answer:?}");
        }
        world.signal(denied("b", "mallory", 0)).await.unwrap();
        let by_admin = post(&world, &world.token("root", "admin"), &denied("c", "mallory", 1)).await;
        assert_eq!(by_admin.status(), 200);
        let listed = listed(&world, "admin", "admin").await;
        let told = |title: &str| {
            let told = listed.iter().find(|item| item["title"].as_str().unwrap().contains(title)).unwrap();
            told["count"].as_u64().unwrap()
        };
        assert_eq!(listed.len(), 3, "one of each producer, and one of the bus and the admin together");
        assert_eq!((told("mallory"), told("healthcheck")), (2, 1));
    }

    #[tokio::test]
    async fn ahead_of_the_clock_do_not_keep_later_ones_from_saying_what_happened() {
        let world = world_with_admin().await;
        world.signal(denied("a", "healthcheck (test, ignore)", 298_000)).await.unwrap();
        world.signal(denied("b", "mallory", 0)).await.unwrap();
        let listed = listed(&world, "admin", "admin").await;
        assert_eq!((listed.len(), &listed[0]["count"]), (1, &json!(2)));
        assert_eq!(listed[0]["title"], "Permission Denied - mallory");
    }

    #[tokio::test]
    async fn of_the_same_kind_from_another_source_are_another_burst() {
        let world = world_with_admin().await;
        let reports = world.token("reports", "producer");
        let failed = signal_at("report-failed", 0);
        assert_eq!(post(&world, &reports, &failed).await.status(), 200);
        let mut again = failed.clone();
        again["id"] = json!("another");
        assert_eq!(post(&world, &reports, &again).await.status(), 200);
        assert_eq!(post(&world, &world.token("billing", "producer"), &again).await.status(), 200);
        let listed = listed(&world, "ana", "analyst").await;
        let mut counts: Vec<_> = listed.iter().map(|item| item["count"].as_u64().unwrap()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2]);
    }
}

mod names {
    use super::*;

    /// The event's triple, as a broadcast to 101 users of whom ana is one.
    fn stolen(event: &Value) -> Value {
        let mut stolen = event.clone();
        let others = (0..100).map(|number| format!("user-{number}"));
        stolen["detail-type"] = json!("Notification Requested");
        stolen["detail"] = json!({
            "users": others.chain(["ana".to_owned()]).collect::<Vec<_>>(),
            "title": "Something else", "message": "x", "notification_type": "info",
        });
        stolen
    }

    #[tokio::test]
    async fn of_another_sender_s_event_open_no_broadcast_that_owns_its_notifications() {
        for thief in [("thief", "producer"), ("other-admin", "admin")] {
            let world = World::new().await;
            let report = signal_at("report-generated", 0);
            world.signal(report.clone()).await.unwrap();
            let before = listed(&world, "ana", "analyst").await;
            let token = world.token(thief.0, thief.1);
            let answer = post(&world, &token, &stolen(&report)).await;
            assert_eq!(answer.status(), 200, "{answer:?}");
            let path = format!("/api/broadcasts/{}/", answer.body()["broadcast_id"].as_str().unwrap());
            world.work_off().await;
            let altered = json!({ "title": "ALTERED", "redirect_url": "https://evil.example/" });
            assert_eq!(world.send("PATCH", &path, &token, &altered).await.status(), 202);
            world.work_off().await;
            let after = listed(&world, "ana", "analyst").await;
            assert_eq!(after.iter().filter(|item| item["id"] == before[0]["id"]).count(), 1);
            assert!(after.contains(&before[0]), "{after:?}");
            assert_eq!(world.send("DELETE", &path, &token, &json!({})).await.status(), 202);
            world.work_off().await;
            assert_eq!(listed(&world, "ana", "analyst").await, before, "{thief:?}");
        }
    }

    #[tokio::test]
    async fn are_a_producer_s_own_so_nobody_takes_the_place_of_an_event_yet_to_come() {
        let world = World::new().await;
        let report = signal_at("report-generated", 0);
        let mut instead = report.clone();
        instead["detail"]["agent_name"] = json!("Mallory");
        let mallory = post(&world, &world.token("mallory", "producer"), &instead).await;
        let reports = world.token("reports", "producer");
        let first = post(&world, &reports, &report).await;
        world.signal(report.clone()).await.unwrap();
        assert_ne!(mallory.body(), first.body());
        assert_eq!(post(&world, &reports, &report).await.body(), first.body(), "sent again it is the same");
        let titles: Vec<_> =
            listed(&world, "ana", "analyst").await.iter().map(|item| item["title"].clone()).collect();
        assert_eq!(titles.iter().filter(|title| *title == "AI Report Ready - Demand").count(), 2);
        assert_eq!(titles.len(), 3);
    }

    #[tokio::test]
    async fn of_the_bus_are_an_admin_s_too_so_that_dead_letters_can_be_sent_again() {
        let world = World::new().await;
        let report = signal_at("report-generated", 0);
        world.signal(report.clone()).await.unwrap();
        assert_eq!(post(&world, &world.token("root", "admin"), &report).await.status(), 200);
        assert_eq!(listed(&world, "ana", "analyst").await.len(), 1);
    }
}

mod sources {
    use super::*;

    #[tokio::test]
    async fn of_a_producer_are_those_that_the_token_lists() {
        let world = world_with_admin().await;
        let token = |role: &str, sources: Value| {
            let mut claims = world.issuer.claims("reports", role);
            claims["sources"] = sources;
            world.key.sign(&claims)
        };
        let (report, denied) = (signal_at("report-generated", 0), denied("a", "mallory", 0));
        for (role, sources, statuses) in [
            ("producer", json!(["supply.reports"]), (200, 403)),
            ("producer", json!("supply.audit supply.reports"), (200, 200)),
            ("producer", json!([]), (403, 403)),
            ("producer", json!({ "supply.audit": true }), (403, 403)),
            ("producer", Value::Null, (403, 403)),
            ("admin", Value::Null, (200, 200)),
        ] {
            let token = token(role, sources.clone());
            let answered = (post(&world, &token, &report).await, post(&world, &token, &denied).await);
            assert_eq!((answered.0.status(), answered.1.status()), statuses, "{role} {sources}");
        }
        let refused = post(&world, &token("producer", json!([])), &denied).await;
        assert_eq!(refused.code(), "forbidden");
        assert!(refused.body()["detail"].as_str().unwrap().contains("sources that its token lists"));
    }
}

mod retention {
    use belfry_domain::Timestamp;

    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    /// When what is accepted now expires, at the earliest: the world keeps notifications for 90 days.
    fn earliest() -> i64 {
        clock::now().plus_millis(90 * DAY).as_seconds()
    }

    fn seconds(time: &Value) -> i64 {
        serde_json::from_value::<Timestamp>(time.clone()).unwrap().as_seconds()
    }

    #[tokio::test]
    async fn counts_from_when_an_old_event_was_accepted() {
        let world = world_with_admin().await;
        let (expiry, token) = (earliest(), world.token("root", "admin"));
        for (sample, user, role) in [
            ("report-generated", "ana", "analyst"),
            ("permission-denied", "admin", "admin"),
            ("notification-requested", "ana", "analyst"),
        ] {
            assert_eq!(post(&world, &token, &signal_at(sample, -6 * DAY)).await.status(), 200, "{sample}");
            for item in listed(&world, user, role).await {
                assert!(seconds(&item["expires_at"]) >= expiry, "{sample}: {item}");
            }
        }
    }

    #[tokio::test]
    async fn of_a_broadcast_counts_for_its_rows_and_for_what_it_tells() {
        let world = world_with_admin().await;
        let expiry = earliest();
        let subscribe = world
            .send("PUT", "/api/topics/deploys/subscription/", &world.token("ana", "analyst"), &json!({}))
            .await;
        assert_eq!(subscribe.status(), 204);
        world.signal(signal_at("broadcast-requested", -6 * DAY)).await.unwrap();
        world.work_off().await;
        let [told] = &listed(&world, "ana", "analyst").await[..] else { panic!("told once") };
        assert!(seconds(&told["expires_at"]) >= expiry, "{told}");
        let rows = world.raw.scan().table_name(belfry_dynamo::names::DIRECTORY).send().await.unwrap();
        let mut found = 0;
        for row in rows.items() {
            if row["entity"].as_s().unwrap().starts_with("broadcast") {
                assert!(row["expires_at"].as_n().unwrap().parse::<i64>().unwrap() >= expiry, "{row:?}");
                found += 1;
            }
        }
        assert!(found >= 3, "content, progress and a page");
    }
}

mod full_inbox {
    use super::*;

    const FULL: &str = "ItemCollectionSizeLimitExceededException";

    #[tokio::test]
    async fn is_said_by_a_status_and_a_code_of_its_own() {
        let world = World::refusing_with(r#"{"S":"ana"}"#, FULL).await;
        let to_ana = json!({ "user": "ana", "title": "x", "message": "y", "notification_type": "info" });
        let admin = world.token("admin", "admin");
        let answer = world.send("POST", "/api/notifications/", &admin, &to_ana).await;
        assert_eq!((answer.status(), answer.code().as_str()), (507, "inbox_full"));
        let answer = post(&world, &admin, &signal_at("report-generated", 0)).await;
        assert_eq!((answer.status(), answer.code().as_str()), (507, "inbox_full"));
    }

    #[tokio::test]
    async fn names_its_user_among_many() {
        let world = World::refusing_with(r#"{"S":"ana"}"#, FULL).await;
        let body =
            json!({ "users": ["ana", "bruno"], "title": "x", "message": "y", "notification_type": "info" });
        let answer = world.send("POST", "/api/notifications/", &world.token("admin", "admin"), &body).await;
        assert_eq!((answer.status(), answer.code().as_str()), (503, "partly_created"));
        let problem = answer.body();
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
        assert_eq!(problem["errors"][0]["pointer"], "/users/0");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("full"), "{problem}");
    }
}
