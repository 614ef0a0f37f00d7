//! Domain events of other services: the right people are told, once, live.

use belfry_tests::{Client, Socket, Target, event, pointers};
use serde_json::{Value, json};

const EVENTS: &str = "/api/events/";

fn unique() -> String {
    format!("black-box-{:08x}", fastrand::u32(..))
}

fn report(user: &Client) -> Value {
    let detail = json!({
        "report_id": unique(), "session_id": "s-1", "user_id": user.user(), "agent_name": "Demand",
        "report_type": "weekly",
    });
    event("supply.reports", "AI Report Generated", &detail)
}

fn denied(offender: &str, action: &str) -> Value {
    let detail = json!({
        "audit_log_id": unique(), "user_id": offender, "username": offender, "action": action,
        "object_type": "report", "object_id": 7,
    });
    event("supply.audit", "Permission Denied", &detail)
}

/// What the directory is told of somebody.
fn account(detail_type: &str, detail: &Value) -> Value {
    event("supply.users", detail_type, detail)
}

/// The next frame of that kind.
async fn next_of(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] == kind {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_report_rings_its_user_once_however_often_the_event_is_sent() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let report = report(&ana);
    let told = admin.post_json(EVENTS, &report).await.ok(200);
    let [id] = told["notifications"].as_array().unwrap().as_slice() else { panic!("{told}") };
    let ring = socket.expect_ring(id.as_str().unwrap()).await;
    assert_eq!(
        (&ring["notification_type"], &ring["redirect_url"]),
        (&json!("report_ready"), &json!("/reports/#report-s-1"))
    );
    for _ in 0..3 {
        assert_eq!(admin.post_json(EVENTS, &report).await.ok(200), told);
    }
    let next = admin.notify(&ana, "Next").await;
    socket.expect_ring(&next).await;
    assert_eq!(ana.listed("all").await.len(), 2);
}

#[tokio::test]
async fn repeated_denials_ring_an_admin_once_and_then_count() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    admin.get("/api/user/current/").await.ok(200);
    let mut socket = Socket::open(&admin).await;
    let (offender, action) = (unique(), unique());
    let first = admin.post_json(EVENTS, &denied(&offender, &action)).await.ok(200);
    let ids = first["notifications"].as_array().unwrap();
    let ring = loop {
        let ring = next_of(&mut socket, "notification").await;
        if ids.contains(&ring["notification_id"]) {
            break ring;
        }
    };
    for count in 2..=5 {
        let again = admin.post_json(EVENTS, &denied(&offender, &action)).await.ok(200);
        assert_eq!(again, first, "told by the same notifications");
        let updated = next_of(&mut socket, "notification_updated").await;
        assert_eq!(
            (&updated["notification_id"], &updated["count"]),
            (&ring["notification_id"], &json!(count))
        );
    }
    let next = admin.notify(&admin, "Next").await;
    socket.expect_ring(&next).await;
    let own = admin.shown(ring["notification_id"].as_str().unwrap()).await;
    assert_eq!((&own["count"], &own["is_read"]), (&json!(5), &json!(false)));
    let other = admin.post_json(EVENTS, &denied(&offender, &unique())).await.ok(200);
    assert_ne!(other, first, "another action is another alert");
}

#[tokio::test]
async fn a_changed_role_counts_at_once_and_the_socket_comes_back_with_it() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    ana.get("/api/user/current/").await.ok(200);
    let socket = Socket::open(&ana).await;
    let change = |old: &str, new: &str| {
        account(
            "Role Changed",
            &json!({ "user_id": ana.user(), "old_role": old, "new_role": new, "changed_by": "admin" }),
        )
    };
    assert_eq!(
        admin.post_json(EVENTS, &change("viewer", "viewer")).await.ok(200)["notifications"],
        json!([])
    );
    let told = admin.post_json(EVENTS, &change("viewer", "producer")).await.ok(200);
    socket.end().await;
    assert_eq!(ana.get("/api/user/current/").await.ok(200)["role"]["role_type"], "producer");
    assert_eq!(ana.listed("all").await, [told["notifications"][0].as_str().unwrap()]);
    let mut again = Socket::open(&ana).await;
    let next = ana.notify(&ana, "A producer may send").await;
    again.expect_ring(&next).await;
    let promote = account(
        "Role Changed",
        &json!({ "user_id": ana.user(), "old_role": "producer", "new_role": "admin" }),
    );
    ana.post_json(EVENTS, &promote).await.problem(403, "forbidden");
    admin.post_json(EVENTS, &change("producer", "viewer")).await.ok(200);
    ana.post_json(EVENTS, &report(&ana)).await.problem(403, "forbidden");
}

#[tokio::test]
async fn who_is_deactivated_is_out_at_once_by_every_way() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    ana.get("/api/user/current/").await.ok(200);
    let socket = Socket::open(&ana).await;
    admin.post_json(EVENTS, &account("User Deactivated", &json!({ "user_id": ana.user() }))).await.ok(200);
    socket.end().await;
    ana.get("/api/notifications/").await.problem(403, "forbidden");
    assert!([401, 403].contains(&Socket::refusal(&ana).await));
}

#[tokio::test]
async fn a_malformed_event_is_told_field_by_field_and_does_nothing() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut broken = report(&ana);
    broken["detail"] = json!({ "user_id": ana.user(), "report_id": [] });
    let problem = admin.post_json(EVENTS, &broken).await.problem(400, "invalid_body");
    let named = ["/detail/agent_name", "/detail/report_id", "/detail/report_type", "/detail/session_id"];
    assert_eq!(pointers(&problem), named);
    for (field, value) in [
        ("time", json!("2020-01-01T00:00:00Z")),
        ("time", json!("2999-01-01T00:00:00Z")),
        ("detail-type", json!("AI Report Archived")),
        ("id", json!("")),
        ("surprise", json!(1)),
    ] {
        let mut broken = report(&ana);
        broken[field] = value;
        let problem = admin.post_json(EVENTS, &broken).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), [format!("/{field}")]);
    }
    assert_eq!(ana.listed("all").await, Vec::<String>::new());
}

#[tokio::test]
async fn who_may_not_send_sends_no_event() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    ana.post_json(EVENTS, &report(&ana)).await.problem(403, "forbidden");
    ana.as_browser().post_json(EVENTS, &report(&ana)).await.problem(403, "forbidden");
}
