//! The REST API by the samples of its events.

use base64::{Engine, engine::general_purpose::STANDARD};
use belfry_domain::Status;
use belfry_dynamo::names;
use serde_json::{Value, json};

use crate::support::{
    draft,
    invoke::REQUEST_ID,
    sample::{ORIGIN, event, event_with, request},
    user,
    world::World,
};

/// The notification that most samples are about.
const REPORT: &str = "01a1d013-f088-766b-95ff-16f66f433602";

#[tokio::test]
async fn health_answers_and_asks_nobody() {
    let world = World::new().await;
    let answer = world.api(event("api-health")).await;
    assert_eq!((answer.status(), answer.body()), (200, json!({ "status": "ok" })));
    assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
    assert_eq!((world.operations().len(), world.issuer.fetches()), (0, 0));
}

#[tokio::test]
async fn a_producer_creates_what_the_event_says() {
    let world = World::new().await;
    let answer = world.api(event_with("api-create", &world.token("reports", "producer"))).await;
    assert_eq!(answer.status(), 201);
    let body = answer.body();
    let location = format!("/api/notifications/{}/", body["id"].as_str().unwrap());
    assert_eq!(answer.header("location"), Some(location.as_str()));
    for (field, value) in [
        ("user", json!("ana")),
        ("title", json!("AI Report Ready - Demand Planner")),
        ("notification_type_display", json!("Report Ready")),
        ("is_read", json!(false)),
        ("redirect_url", json!("/reports/#report-7f3c")),
        ("data", json!({ "report_type": "forecast", "pages": 12 })),
    ] {
        assert_eq!(body[field], value, "{field}");
    }
    let id = body["id"].as_str().unwrap().parse().unwrap();
    let stored = world.inbox.get(&user("ana"), id).await.unwrap().unwrap();
    assert_eq!(body["changed"], stored.state.changed.to_string());
    assert_eq!(
        world.operations(),
        ["BatchGetItem", "PutItem", "PutItem"],
        "the sender is seen for the first time"
    );
}

#[tokio::test]
async fn the_schema_is_there_for_anybody() {
    let world = World::new().await;
    let answer = world.api(event("api-schema")).await;
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.body()["info"]["title"], "Belfry");
    assert_eq!((world.operations().len(), world.issuer.fetches()), (0, 0));
}

#[tokio::test]
async fn a_body_in_base64_is_the_same_body() {
    let world = World::new().await;
    let mut event = event_with("api-create", &world.token("admin", "admin"));
    let body = json!({ "user": "ana", "title": "¡Olé!", "message": "🔔", "notification_type": "info" });
    event["body"] = json!(STANDARD.encode(body.to_string()));
    event["isBase64Encoded"] = json!(true);
    let answer = world.api(event).await;
    assert_eq!((answer.status(), &answer.body()["title"]), (201, &json!("¡Olé!")));
}

#[tokio::test]
async fn who_may_not_send_sends_nothing() {
    let world = World::new().await;
    for role in ["analyst", "manager", "viewer", "custom", "root"] {
        let answer = world.api(event_with("api-create", &world.token("ana", role))).await;
        assert_eq!((answer.status(), answer.code()), (403, "forbidden".to_owned()), "{role}");
    }
    assert_eq!(world.size(names::INBOX).await, 0);
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_refused_by_name_and_stores_nothing() {
    let world = World::new().await;
    let token = world.token("admin", "admin");
    for (name, pointers) in [
        ("api-create-malformed", vec![]),
        ("api-create-unknown-field", vec!["/colour"]),
        ("api-create-javascript-url", vec!["/redirect_url"]),
    ] {
        let answer = world.api(event_with(name, &token)).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_body".to_owned()), "{name}");
        let body = answer.body();
        let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(errors.iter().map(|error| &error["pointer"]).collect::<Vec<_>>(), pointers, "{name}");
        assert_eq!(body["request_id"], REQUEST_ID);
    }
    assert_eq!(world.size(names::INBOX).await, 0);
}

#[tokio::test]
async fn the_list_is_read_with_the_cookie() {
    let world = World::new().await;
    let created = world.inbox.create(draft("ana")).await.unwrap();
    world.inbox.create(draft("bruno")).await.unwrap();
    let answer = world.api(event_with("api-list", &world.token("ana", "analyst"))).await;
    assert_eq!(answer.status(), 200);
    let body = answer.body();
    assert_eq!(body["results"].as_array().unwrap().len(), 1);
    assert_eq!(body["results"][0]["id"], created.id.to_string());
    let rest: Vec<&Value> = ["next", "previous", "unread_count", "read_watermark", "seen_watermark"]
        .map(|field| &body[field])
        .to_vec();
    assert_eq!(rest, [&json!(null), &json!(null), &json!(1), &json!(null), &json!(null)]);
    let mut operations = world.operations();
    operations.sort();
    let expected = ["BatchGetItem", "BatchGetItem", "GetItem", "PutItem", "Query", "Query"];
    assert_eq!(operations, expected, "she is seen for the first time");
}

#[tokio::test]
async fn a_list_is_walked_by_its_links() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    for _ in 0..3 {
        world.inbox.create(draft("ana")).await.unwrap();
    }
    for list in ["/api/notifications/", "/api/notifications/unread/"] {
        let first = world.api(request("GET", &format!("{list}?limit=2"), &token)).await.body();
        let next = first["next"].as_str().unwrap();
        assert!(next.starts_with(list), "{next}");
        let second = world.api(request("GET", next, &token)).await.body();
        assert_eq!((second["results"].as_array().unwrap().len(), &second["next"]), (1, &json!(null)));
        let previous = second["previous"].as_str().unwrap();
        assert_eq!(world.api(request("GET", previous, &token)).await.body()["results"], first["results"]);
        let stranger = world.token("bruno", "manager");
        let answer = world.api(request("GET", next, &stranger)).await;
        assert_eq!((answer.status(), answer.code()), (400, "invalid_query".to_owned()));
    }
}

#[tokio::test]
async fn marking_read_with_the_cookie_of_an_allowed_page_marks_read() {
    let world = World::new().await;
    world.store(&event("fanout-insert")).await;
    let answer = world.api(event_with("api-mark-as-read", &world.token("ana", "analyst"))).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!((&answer.body()["id"], &answer.body()["is_read"]), (&json!(REPORT), &json!(true)));
    assert!(answer.body()["read_at"].is_string());
    let stored = world.inbox.get(&user("ana"), REPORT.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(stored.state.status, Status::Read);
}

#[tokio::test]
async fn the_cookie_changes_nothing_for_a_foreign_page() {
    let world = World::new().await;
    world.store(&event("fanout-insert")).await;
    let token = world.token("ana", "analyst");
    let sent = |origin: Option<&str>, script: bool| {
        let mut event = event_with("api-mark-as-read", &token);
        let headers = event["headers"].as_object_mut().unwrap();
        headers.remove("origin");
        headers.extend(origin.map(|origin| ("origin".to_owned(), json!(origin))));
        headers.extend(script.then(|| ("x-requested-with".to_owned(), json!("belfry"))));
        event
    };
    for refused in [
        sent(Some("https://evil.example"), false),
        sent(Some("https://evil.example"), true),
        sent(Some("null"), true),
        sent(None, false),
    ] {
        let answer = world.api(refused).await;
        assert_eq!((answer.status(), answer.code()), (403, "forbidden".to_owned()));
    }
    let stored = world.inbox.get(&user("ana"), REPORT.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(stored.state.status, Status::Unread);
    assert_eq!(world.api(sent(None, true)).await.status(), 200);
    assert_eq!(world.api(sent(Some(ORIGIN), false)).await.status(), 200);
}

#[tokio::test]
async fn without_a_token_one_is_asked_to_sign_in() {
    let world = World::new().await;
    let answer = world.api(event("api-no-token")).await;
    assert_eq!((answer.status(), answer.code()), (401, "unauthenticated".to_owned()));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(answer.header("x-request-id"), Some(REQUEST_ID));
    assert_eq!(world.operations().len(), 0);
}

#[tokio::test]
async fn a_token_that_was_signed_out_is_worth_nothing() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let answer = world.api(request("DELETE", "/api/session/", &token)).await;
    assert_eq!(answer.status(), 204);
    let answer = world.api(event_with("api-list", &token)).await;
    assert_eq!((answer.status(), answer.code()), (401, "unauthenticated".to_owned()));
}

#[tokio::test]
async fn anothers_notification_answers_the_same_bytes_as_one_that_is_not_there() {
    let world = World::new().await;
    world.store(&event("fanout-insert")).await;
    let token = world.token("bruno", "admin");
    for (method, action) in [("GET", ""), ("DELETE", ""), ("POST", "mark_as_read/")] {
        let answer =
            |id: &str| world.api(request(method, &format!("/api/notifications/{id}/{action}"), &token));
        let anothers = answer(REPORT).await;
        assert_eq!((anothers.status(), anothers.code()), (404, "not_found".to_owned()), "{method}");
        for id in [
            "01a1d013-f088-766b-95ff-16f66f433603",
            "not-an-id",
            "%F0%9F",
            "a8098c1a-f86e-41da-bd1a-00112444be1e",
        ] {
            assert_eq!(answer(id).await.0, anothers.0, "{method} {id}");
        }
    }
}

#[tokio::test]
async fn a_store_that_refuses_is_an_internal_error_that_tells_nothing() {
    let world = World::refusing(names::INBOX).await;
    let answer = world.api(event_with("api-list", &world.token("ana", "analyst"))).await;
    assert_eq!((answer.status(), answer.code()), (500, "internal".to_owned()));
    assert!(!answer.text().contains("AccessDenied") && !answer.text().contains(names::INBOX));
}
