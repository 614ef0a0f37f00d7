//! Callers who are too fast.

use std::{num::NonZeroU32, time::Duration};

use belfry_functions::api::Rates;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    sample::{event, event_with, request, with_header},
    world::World,
};

/// Two requests a second of each class.
async fn slow() -> World {
    let two = NonZeroU32::new(2).unwrap();
    World::limited(Rates { reads: two, writes: two, creates: two }).await
}

fn headers(answer: &Answered) -> [Option<&str>; 3] {
    ["retry-after", "ratelimit", "ratelimit-policy"].map(|name| answer.header(name))
}

/// A request of each class.
fn of_class(class: &str, token: &str) -> Value {
    match class {
        "reads" => request("GET", "/api/notifications/", token),
        "writes" => request("POST", "/api/notifications/mark_all_read/", token),
        "creates" => event_with("api-create", token),
        other => panic!("no class: {other}"),
    }
}

#[tokio::test]
async fn a_third_request_within_a_second_is_refused_and_asks_no_table() {
    for class in ["reads", "writes", "creates"] {
        let world = slow().await;
        let token = world.token("reports", "producer");
        let policy = format!("\"{class}\";q=2;w=1");
        for left in [1, 0] {
            let answer = world.api(of_class(class, &token)).await;
            assert!(answer.status() < 300, "{class}: {answer:?}");
            let remaining = format!("\"{class}\";r={left};t=1");
            assert_eq!(headers(&answer), [None, Some(remaining.as_str()), Some(policy.as_str())]);
        }
        world.operations();
        let refused = world.api(of_class(class, &token)).await;
        assert_eq!((refused.status(), refused.code()), (429, "too_many_requests".to_owned()), "{class}");
        assert_eq!(refused.body()["detail"], "Wait 1 s.");
        let remaining = format!("\"{class}\";r=0;t=1");
        assert_eq!(headers(&refused), [Some("1"), Some(remaining.as_str()), Some(policy.as_str())]);
        assert_eq!(world.operations(), Vec::<String>::new(), "{class}");
    }
}

#[tokio::test]
async fn a_bucket_is_one_callers_and_one_classs() {
    let world = slow().await;
    let token = world.token("reports", "producer");
    for class in ["reads", "writes", "creates"] {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(world.api(of_class(class, &token)).await.status());
        }
        assert_eq!(statuses[2], 429, "{class}: {statuses:?}");
        assert!(statuses[..2].iter().all(|status| *status < 300), "{class}: {statuses:?}");
    }
    let other = world.token("ana", "producer");
    for class in ["reads", "writes", "creates"] {
        assert!(world.api(of_class(class, &other)).await.status() < 300, "{class}");
    }
}

#[tokio::test]
async fn another_token_of_the_same_caller_shares_the_bucket() {
    let world = slow().await;
    let tokens = [0, 1, 2].map(|ago| world.token_of_before("ana", "analyst", ago));
    let mut statuses = Vec::new();
    for token in &tokens {
        statuses.push(world.get("/api/notifications/", token).await.status());
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn who_waits_as_told_is_let_in_again() {
    let world = slow().await;
    let token = world.token("ana", "analyst");
    for _ in 0..3 {
        world.get("/api/notifications/", &token).await;
    }
    let refused = world.get("/api/notifications/", &token).await;
    let wait = refused.header("retry-after").unwrap().parse().unwrap();
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
}

#[tokio::test]
async fn an_error_and_an_unchanged_answer_tell_what_is_left_too() {
    let world = slow().await;
    let token = world.token("ana", "analyst");
    let missing = world.get("/api/notifications/01a1d013-f088-766b-95ff-16f66f433602/", &token).await;
    assert_eq!((missing.status(), missing.header("ratelimit")), (404, Some("\"reads\";r=1;t=1")));
    let known = with_header(request("GET", "/api/notifications/", &token), "if-none-match", "*");
    let known = world.api(known).await;
    assert_eq!((known.status(), known.header("ratelimit")), (304, Some("\"reads\";r=0;t=1")));
    let forbidden = world.api(event_with("api-create", &token)).await;
    assert_eq!((forbidden.status(), forbidden.header("ratelimit")), (403, Some("\"creates\";r=1;t=1")));
}

#[tokio::test]
async fn who_is_nobody_has_no_bucket_and_empties_nobodys() {
    let world = slow().await;
    for _ in 0..4 {
        let answer = world.api(event("api-health")).await;
        assert_eq!((answer.status(), headers(&answer)), (200, [None; 3]));
        let answer = world.api(event("api-no-token")).await;
        assert_eq!((answer.status(), headers(&answer)), (401, [None; 3]));
        let mut forged = world.issuer.claims("ana", "analyst");
        forged["exp"] = json!(1);
        let answer = world.get("/api/notifications/", &world.key.sign(&forged)).await;
        assert_eq!((answer.status(), headers(&answer)), (401, [None; 3]));
    }
    let answer = world.get("/api/notifications/", &world.token("ana", "analyst")).await;
    assert_eq!(answer.header("ratelimit"), Some("\"reads\";r=1;t=1"));
}
