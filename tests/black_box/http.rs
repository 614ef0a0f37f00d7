//! What holds for every answer.

use belfry_tests::{Client, Target};
use reqwest::{
    Method,
    header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST},
};

use crate::pages::foreign_origins;

#[tokio::test]
async fn health_needs_no_credential_and_minds_none() {
    let belfry = Target::start().await;
    let anonymous = belfry.anonymous();
    for client in [&anonymous, &anonymous.with_header(AUTHORIZATION, "Bearer x"), &anonymous.on_page("null")]
    {
        assert_eq!(client.get("/api/health/").await.ok(200)["status"], "ok");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_404_problem() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for path in ["/api/nothing/", "/api/notifications/a/b/c/", "/api/user/"] {
        ana.get(path).await.problem(404, "not_found");
    }
    belfry.anonymous().get("/api/nothing/").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_wrong_method_is_a_405_problem_that_names_the_right_ones() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for (method, path, allowed) in [
        (Method::PUT, "/api/notifications/", "POST"),
        (Method::DELETE, "/api/notifications/", "GET"),
        (Method::POST, "/api/notifications/unread/", "GET"),
        (Method::GET, "/api/notifications/mark_all_read/", "POST"),
        (Method::GET, "/api/notifications/0199c000-0000-7000-8000-000000000000/mark_as_read/", "POST"),
        (Method::DELETE, "/api/user/current/", "GET"),
        (Method::POST, "/api/health/", "GET"),
    ] {
        let answer = ana.call(method.clone(), path).await;
        answer.problem(405, "method_not_allowed");
        assert!(answer.header("allow").contains(allowed), "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn every_answer_has_its_own_request_id_and_is_kept_by_no_cache() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let mut seen = Vec::new();
    for path in ["/api/notifications/", "/api/health/", "/api/user/current/", "/api/nothing/"] {
        let answer = ana.get(path).await;
        let id = answer.header("x-request-id").to_owned();
        assert!(!id.is_empty() && !seen.contains(&id), "{path}: {answer:?}");
        assert!(answer.header("cache-control").contains("no-store"), "{path}: {answer:?}");
        seen.push(id);
    }
}

/// What a page may send.
const HEADERS: [&str; 5] =
    ["authorization", "content-type", "idempotency-key", "if-none-match", "x-requested-with"];

async fn preflight(client: &Client, method: &str) -> belfry_tests::Answer {
    let asking = client
        .with_header(ACCESS_CONTROL_REQUEST_METHOD, method)
        .with_header(ACCESS_CONTROL_REQUEST_HEADERS, &HEADERS.join(","));
    asking.call(Method::OPTIONS, "/api/notifications/").await
}

#[tokio::test]
async fn the_own_page_passes_the_preflight() {
    let belfry = Target::start().await;
    let page = belfry.anonymous().on_page(belfry.url());
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let answer = preflight(&page, method).await;
        assert!([200, 204].contains(&answer.status), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), belfry.url());
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(answer.header("access-control-allow-methods").contains(method), "{answer:?}");
        for header in HEADERS {
            assert!(answer.header("access-control-allow-headers").contains(header), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn the_own_page_may_read_every_header_that_tells_it_something() {
    let belfry = Target::start().await;
    let answer = belfry.user().await.on_page(belfry.url()).get("/api/notifications/").await;
    let exposed = answer.header("access-control-expose-headers");
    for header in ["etag", "x-poll-interval", "ratelimit", "ratelimit-policy", "x-request-id"] {
        assert!(exposed.contains(header) && !answer.header(header).is_empty(), "{header}: {answer:?}");
    }
    for header in ["location", "retry-after", "idempotent-replayed"] {
        assert!(exposed.contains(header), "{header}: {answer:?}");
    }
}

#[tokio::test]
async fn a_foreign_page_passes_no_preflight_and_reads_no_answer() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for origin in foreign_origins(belfry.url()) {
        for answer in [
            preflight(&belfry.anonymous().on_page(&origin), "POST").await,
            ana.with_cookie().on_page(&origin).get("/api/notifications/").await,
        ] {
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}: {answer:?}");
        }
    }
}

/// Also what the runner itself refuses, in front of every function.
#[tokio::test]
async fn every_refusal_is_a_problem() {
    let belfry = Target::start().await;
    let anonymous = belfry.anonymous();
    for (method, path) in [(Method::GET, "/api/session/demo/"), (Method::PUT, "/.well-known/jwks.json")] {
        anonymous.call(method, path).await.problem(405, "method_not_allowed");
    }
    anonymous.post("/ws/notification/").await.problem(405, "method_not_allowed");
    let elsewhere = anonymous.with_header(HOST, "evil.example").get("/api/health/").await;
    elsewhere.problem(421, "misdirected_request");
}

#[tokio::test]
async fn a_body_that_no_gateway_takes_is_a_413_problem() {
    let belfry = Target::start().await;
    let huge = "x".repeat(10 * 1024 * 1024 + 1);
    let answer = belfry.anonymous().send(Method::POST, "/api/notifications/", huge).await;
    answer.problem(413, "too_large");
}
