//! How errors are told: every kind is a whole problem (RFC 9457), and says what of the request is at fault.

use belfry_tests::{Answer, Client, Target, draft, keys, path_of, pointers};
use reqwest::{Method, header::HeaderName};
use serde_json::{Value, json};

const UNKNOWN: &str = "0199c000-0000-7000-8000-000000000000";

/// Looks at an error, and returns the fields that it names.
#[track_caller]
fn told(answer: &Answer, status: u16, code: &str) -> Vec<String> {
    let problem = answer.problem(status, code);
    let mut fields = vec!["code", "detail", "request_id", "status", "title", "type"];
    if problem.get("errors").is_some() {
        fields.insert(2, "errors");
    }
    assert_eq!(keys(&problem), fields, "{answer:?}");
    assert!(answer.header("cache-control").contains("no-store"), "{answer:?}");
    if problem["errors"].is_null() {
        return Vec::new();
    }
    for error in problem["errors"].as_array().unwrap() {
        assert_eq!(keys(error), ["detail", "pointer"], "{problem}");
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    }
    pointers(&problem).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn each_kind_of_error_has_its_code_and_names_what_is_at_fault() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (list, unknown) = ("/api/notifications/", path_of(UNKNOWN));
    let draft = draft(ana.user(), "");
    assert_eq!(told(&admin.post_json(list, &draft).await, 400, "invalid_body"), ["/title"]);
    assert!(told(&admin.post_json(list, &json!([])).await, 400, "invalid_body").is_empty());
    assert_eq!(told(&ana.get("/api/notifications/?limit=0").await, 400, "invalid_query"), ["limit"]);
    let keyed = admin.with_header(HeaderName::from_static("idempotency-key"), "");
    let named = told(&keyed.post_json(list, &draft_to(&ana)).await, 400, "invalid_header");
    assert!(named.is_empty() || named == ["idempotency-key"], "{named:?}");
    assert!(told(&belfry.anonymous().get(list).await, 401, "unauthenticated").is_empty());
    assert!(told(&ana.post_json(list, &draft_to(&ana)).await, 403, "forbidden").is_empty());
    assert!(told(&ana.with_cookie().post(list).await, 403, "forbidden").is_empty());
    assert!(told(&ana.get(&unknown).await, 404, "not_found").is_empty());
    assert!(told(&ana.get("/api/nothing/").await, 404, "not_found").is_empty());
    assert!(told(&ana.call(Method::DELETE, list).await, 405, "method_not_allowed").is_empty());
    let huge = admin.send(Method::POST, list, "x".repeat(300 * 1024)).await;
    assert!(told(&huge, 413, "too_large").is_empty());
}

fn draft_to(user: &Client) -> Value {
    draft(user.user(), "Good")
}

#[tokio::test]
async fn a_reused_key_is_told_so() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let key = format!("black-box-{:032x}", fastrand::u128(..));
    let keyed = admin.with_header(HeaderName::from_static("idempotency-key"), &key);
    keyed.create(&draft_to(&ana)).await;
    let reused = keyed.post_json("/api/notifications/", &draft(ana.user(), "Other")).await;
    assert!(told(&reused, 422, "idempotency_key_reused").is_empty());
}

#[tokio::test]
async fn a_field_that_is_given_twice_is_refused_by_name_wherever_a_body_is_read() {
    let belfry = Target::start().await;
    let (admin, _alone) = belfry.admin_alone().await;
    let id = admin.notify(&admin, "Mine").await;
    let before = admin.shown(&id).await;
    let good = draft_to(&admin).to_string();
    let twice = |field: &str| good.replacen('{', &format!("{{{field},"), 1);
    let (item, snooze) = (path_of(&id), format!("{}snooze/", path_of(&id)));
    let until = r#""until":"2090-01-01T00:00:00Z""#;
    for (method, path, body, pointer) in [
        (Method::POST, "/api/notifications/", twice(r#""user":"ana""#), "/user"),
        (Method::POST, "/api/notifications/", twice(r#""title":"Good""#), "/title"),
        (Method::POST, "/api/notifications/", twice(r#""da\u0074a":{},"data":{}"#), "/data"),
        (Method::PATCH, &item, r#"{"is_read":true,"is_read":true}"#.to_owned(), "/is_read"),
        (Method::PUT, &item, r#"{"title":"a","is_read":true,"title":"b"}"#.to_owned(), "/title"),
        (Method::POST, &snooze, format!("{{{until},{until}}}"), "/until"),
        (Method::POST, "/api/notifications/seen/", format!(r#"{{"up_to":"{id}","up_to":"{id}"}}"#), "/up_to"),
    ] {
        let answer = admin.send(method, path, body).await;
        assert_eq!(told(&answer, 400, "invalid_body"), [pointer], "{path}");
    }
    assert_eq!(admin.shown(&id).await, before);
    admin.delete(&item).await.ok(204);
}

#[tokio::test]
async fn no_error_repeats_a_header_or_a_token() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let secret = "canary-of-a-header";
    let forged = ana.with_token(&format!("{}{secret}", ana.token()));
    let keyed = belfry.admin().await;
    let keyed = keyed.with_header(HeaderName::from_static("idempotency-key"), &secret.repeat(20));
    for answer in [
        forged.get("/api/notifications/").await,
        forged.as_browser().post("/api/notifications/mark_all_read/").await,
        keyed.post_json("/api/notifications/", &draft_to(&ana)).await,
    ] {
        assert!(answer.status >= 400 && !answer.whole().contains(secret), "{answer:?}");
    }
}
