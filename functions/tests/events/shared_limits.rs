//! Limits that hold across all instances of the API: tickets, and what goes to an audience.

use std::num::NonZeroU16;

use belfry_functions::api::Rates;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    limits::{Limits, UNLIMITED},
    operations::happened,
    sample::{event, event_with, with_header},
    world::World,
};

/// A deployment that allows two of each a minute.
async fn limited() -> World {
    let two = NonZeroU16::new(2).unwrap();
    let rates = Rates { tickets: two, audiences: two, ..UNLIMITED.rates };
    World::limited(Limits { rates, ..UNLIMITED }).await
}

/// Calls until one call is refused, and at most five times: two succeed in a minute, and another two where a minute ends
/// meanwhile.
async fn until_refused(mut call: impl AsyncFnMut() -> Answered) -> (usize, Answered) {
    for allowed in 0..5 {
        let answer = call().await;
        if answer.status() == 429 {
            return (allowed, answer);
        }
        assert!(answer.status() < 300, "{answer:?}");
    }
    panic!("it goes on for ever");
}

fn is_refused(answer: &Answered, class: &str) {
    assert_eq!((answer.status(), answer.code().as_str()), (429, "too_many_requests"));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(answer.header("ratelimit-policy"), Some(format!("\"{class}\";q=2;w=60").as_str()));
    assert_eq!(answer.header("ratelimit"), Some(format!("\"{class}\";r=0;t={wait}").as_str()));
    assert_eq!(answer.body()["detail"], format!("Wait {wait} s."));
}

fn to_everyone(token: &str) -> Value {
    event_with("api-create-everyone", token)
}

#[tokio::test]
async fn tickets() {
    let world = limited().await;
    let token = world.token("ana", "viewer");
    let (allowed, answer) = until_refused(async || world.post("/api/ws/ticket/", &token).await).await;
    assert!(allowed >= 2);
    is_refused(&answer, "tickets");
    assert_eq!(world.post("/api/ws/ticket/", &world.token("bruno", "viewer")).await.status(), 201);
}

#[tokio::test]
async fn notifications_to_an_audience() {
    let world = limited().await;
    let token = world.token("admin", "admin");
    let (allowed, answer) = until_refused(async || world.api(to_everyone(&token)).await).await;
    assert!(allowed >= 2);
    is_refused(&answer, "audiences");
    assert_eq!(world.api(event_with("api-create", &token)).await.status(), 201, "one user is no audience");
}

#[tokio::test]
async fn events_to_an_audience() {
    let world = limited().await;
    let token = world.token("admin", "admin");
    let mut number = 0;
    let mut send = async |name: &str| {
        number += 1;
        let mut sent = happened(&event(name));
        sent["id"] = json!(number.to_string());
        world.send("POST", "/api/events/", &token, &sent).await
    };
    let (allowed, answer) = until_refused(async || send("signals-broadcast-requested").await).await;
    assert!(allowed >= 2);
    is_refused(&answer, "audiences");
    assert_eq!(send("signals-report-failed").await.status(), 200, "one user is no audience");
}

#[tokio::test]
async fn a_refused_send_leaves_its_key_unused() {
    let world = limited().await;
    let token = world.token("admin", "admin");
    until_refused(async || world.api(to_everyone(&token)).await).await;
    world.operations();
    let keyed = with_header(to_everyone(&token), "idempotency-key", "noon");
    let answer = world.api(keyed).await;
    if answer.status() == 429 {
        assert_eq!(world.operations().iter().filter(|operation| *operation == "PutItem").count(), 0);
    }
}
