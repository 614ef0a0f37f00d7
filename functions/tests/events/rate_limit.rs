//! Callers who are too fast.

use std::{num::NonZeroU32, time::Duration};

use belfry_functions::api::Rates;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    limits::{Limits, UNLIMITED},
    people::UserEvent,
    sample::{event, event_with, request, with_header},
    world::World,
};

/// Two requests a second of each class, and callers who are known, so that none is written down on the way.
async fn slow() -> World {
    let two = NonZeroU32::new(2).unwrap();
    let world = World::limited(Limits {
        rates: Rates { reads: two, writes: two, creates: two, ..UNLIMITED.rates },
        ..UNLIMITED
    })
    .await;
    for (name, role) in [("reports", "producer"), ("ana", "analyst")] {
        world.apply_event(name, UserEvent { role: Some(role), is_active: true, ago: 60 }).await;
    }
    world
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

/// The answers to requests that come at the same moment, in their order. One after another they would take so long on a
/// busy machine that the buckets fill up between them.
async fn at_once(world: &World, requests: impl IntoIterator<Item = Value>) -> Vec<Answered> {
    // Whose token is verified first waits for the issuer's keys.
    world.get("/api/user/current/", &world.token("nobody-else", "viewer")).await;
    world.operations();
    join_all(requests.into_iter().map(|event| world.api(event))).await
}

fn operations(world: &World) -> Vec<String> {
    let mut operations = world.operations();
    operations.sort();
    operations
}

/// What two requests ask of the tables.
async fn of_two(class: &str) -> Vec<String> {
    let world = slow().await;
    let token = world.token("reports", "producer");
    at_once(&world, [0; 2].map(|_| of_class(class, &token))).await;
    operations(&world)
}

#[tokio::test]
async fn a_third_request_within_a_second_is_refused_and_asks_no_table() {
    for class in ["reads", "writes", "creates"] {
        let world = slow().await;
        let token = world.token("reports", "producer");
        let answers = at_once(&world, [0; 3].map(|_| of_class(class, &token))).await;
        let policy = format!("\"{class}\";q=2;w=1");
        for (answer, left) in answers[..2].iter().zip([1, 0]) {
            assert!(answer.status() < 300, "{class}: {answer:?}");
            let remaining = format!("\"{class}\";r={left};t=1");
            assert_eq!(headers(answer), [None, Some(remaining.as_str()), Some(policy.as_str())]);
        }
        let refused = &answers[2];
        assert_eq!((refused.status(), refused.code()), (429, "too_many_requests".to_owned()), "{class}");
        assert_eq!(refused.body()["detail"], "Wait 1 s.");
        let remaining = format!("\"{class}\";r=0;t=1");
        assert_eq!(headers(refused), [Some("1"), Some(remaining.as_str()), Some(policy.as_str())]);
        assert_eq!(operations(&world), of_two(class).await, "{class}: three ask for no more than two");
    }
}

#[tokio::test]
async fn a_bucket_is_one_callers_and_one_classs() {
    let world = slow().await;
    let tokens = ["reports", "plans"].map(|user| world.token(user, "producer"));
    let classes = ["reads", "writes", "creates"];
    let all = tokens.iter().flat_map(|token| classes.map(|class| [0; 3].map(|_| of_class(class, token))));
    let answers = at_once(&world, all.flatten()).await;
    for answers in answers.chunks(3) {
        let statuses: Vec<_> = answers.iter().map(Answered::status).collect();
        assert!(statuses[0] < 300 && statuses[1] < 300 && statuses[2] == 429, "{answers:?}");
    }
}

#[tokio::test]
async fn another_token_of_the_same_caller_shares_the_bucket() {
    let world = slow().await;
    let tokens = [0, 1, 2].map(|ago| world.token_of_before("ana", "analyst", ago));
    let answers = at_once(&world, tokens.map(|token| of_class("reads", &token))).await;
    assert_eq!(answers.iter().map(Answered::status).collect::<Vec<_>>(), [200, 200, 429]);
}

#[tokio::test]
async fn who_waits_as_told_is_let_in_again() {
    let world = slow().await;
    let token = world.token("ana", "analyst");
    let answers = at_once(&world, [0; 3].map(|_| of_class("reads", &token))).await;
    let wait = answers[2].header("retry-after").unwrap().parse().unwrap();
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
}

#[tokio::test]
async fn an_error_and_an_unchanged_answer_tell_what_is_left_too() {
    let world = slow().await;
    let token = world.token("ana", "analyst");
    let missing = request("GET", "/api/notifications/01a1d013-f088-766b-95ff-16f66f433602/", &token);
    let known = with_header(request("GET", "/api/notifications/", &token), "if-none-match", "*");
    let forbidden = event_with("api-create", &token);
    let answers = at_once(&world, [missing, known, forbidden]).await;
    let told: Vec<_> = answers.iter().map(|answer| (answer.status(), answer.header("ratelimit"))).collect();
    let expected = [
        (404, Some("\"reads\";r=1;t=1")),
        (304, Some("\"reads\";r=0;t=1")),
        (403, Some("\"creates\";r=1;t=1")),
    ];
    assert_eq!(told, expected);
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
