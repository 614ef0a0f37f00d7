//! What a page may do with the cookie that the browser sends for it, and what it may read.

use serde_json::{Value, json};

use crate::support::{
    draft,
    sample::{ORIGIN, by_cookie, event, event_with, request, with_body, with_header},
    world::World,
};

const ORIGINS: [Option<&str>; 6] = [
    Some(ORIGIN),
    Some("https://evil.example"),
    Some("https://app.example.com.evil.example"),
    Some("http://app.example.com"),
    Some("null"),
    None,
];

fn from_page(event: Value, origin: Option<&str>, by_script: bool) -> Value {
    let event = origin.map_or(event.clone(), |origin| with_header(event, "origin", origin));
    if by_script { with_header(event, "x-requested-with", "belfry") } else { event }
}

/// The rule: looking is free, the rest needs an allowed page, or none and a script.
fn may(method: &str, origin: Option<&str>, by_script: bool) -> bool {
    method == "GET" || origin.map_or(by_script, |origin| origin == ORIGIN)
}

#[tokio::test]
async fn the_cookie_counts_for_allowed_pages_only_and_a_bearer_token_for_all() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    for origin in ORIGINS {
        for by_script in [false, true] {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                let id = world.inbox.create(draft("ana")).await.unwrap().id;
                let path = match method {
                    "POST" => format!("/api/notifications/{id}/archive/"),
                    _ => format!("/api/notifications/{id}/"),
                };
                let bearer = with_body(request(method, &path, &token), &json!({ "is_read": true }));
                let cookie = from_page(by_cookie(bearer.clone()), origin, by_script);
                let case = format!("{method} from {origin:?}, by a script: {by_script}");
                let before = world.images().await;
                let answer = world.api(cookie).await;
                if may(method, origin, by_script) {
                    assert!(answer.status() < 300, "{case}: {answer:?}");
                } else {
                    assert_eq!((answer.status(), answer.code()), (403, "forbidden".to_owned()), "{case}");
                    assert_eq!(world.images().await, before, "{case}");
                    let answer = world.api(from_page(bearer, origin, by_script)).await;
                    assert!(answer.status() < 300, "{case}: {answer:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_refused_page_costs_no_call() {
    let world = World::new().await;
    let event = with_header(event_with("api-seen", &world.token("ana", "analyst")), "origin", "null");
    assert_eq!(world.api(event).await.status(), 403);
    assert_eq!((world.operations(), world.issuer.fetches()), (Vec::new(), 0));
}

#[tokio::test]
async fn beside_a_bearer_token_the_cookie_does_not_count() {
    let world = World::new().await;
    let (ana, bruno) = (world.token("ana", "analyst"), world.token("bruno", "manager"));
    let mut both = with_header(request("GET", "/api/user/current/", &ana), "origin", "https://evil.example");
    both["cookies"] = json!([format!("__Host-belfry_session={bruno}")]);
    assert_eq!(world.api(both.clone()).await.body()["id"], "ana");
    both["headers"]["authorization"] = json!("Basic YW5hOmFuYQ==");
    assert_eq!(world.api(both).await.status(), 401, "and another scheme isn't passed over for it");
}

#[tokio::test]
async fn a_preflight_is_answered_for_allowed_pages_and_asks_nobody() {
    let world = World::new().await;
    let answer = world.api(event("api-preflight")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    let listed = |name: &str| answer.header(name).unwrap_or_default().to_ascii_lowercase();
    let methods = listed("access-control-allow-methods");
    for method in ["get", "post", "put", "patch", "delete"] {
        assert!(methods.split(',').any(|listed| listed == method), "{methods}");
    }
    let headers = listed("access-control-allow-headers");
    for header in ["authorization", "content-type", "idempotency-key", "if-none-match", "x-requested-with"] {
        assert!(headers.split(',').any(|listed| listed == header), "{headers}");
    }
    let foreign = world.api(with_header(event("api-preflight"), "origin", "https://evil.example")).await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    assert_eq!(world.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_headers_that_it_needs() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let list = |origin| with_header(request("GET", "/api/notifications/", &token), "origin", origin);
    let answer = world.api(list(ORIGIN)).await;
    let exposed = answer.header("access-control-expose-headers").unwrap().to_ascii_lowercase();
    for header in [
        "etag",
        "location",
        "retry-after",
        "ratelimit",
        "x-poll-interval",
        "idempotent-replayed",
        "x-request-id",
    ] {
        assert!(exposed.split(',').any(|listed| listed == header), "{exposed}");
    }
    assert!(answer.header("vary").unwrap().to_ascii_lowercase().contains("origin"));
    let foreign = world.api(list("https://evil.example")).await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    let refused = world.api(with_header(event("api-no-token"), "origin", ORIGIN)).await;
    assert_eq!((refused.status(), refused.header("access-control-allow-origin")), (401, Some(ORIGIN)));
}
