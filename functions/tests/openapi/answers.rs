//! Every answer is one that the document tells of: its status, its headers, its body.

use std::{collections::BTreeSet, num::NonZeroU32};

use belfry_functions::api::Rates;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    document::document,
    schema::Schemas,
    support::{
        answered::Answered,
        limits::{Limits, UNLIMITED},
        operations::operations,
        sample::{event, event_with, request, with_body, with_header},
        world::World,
    },
};

/// Headers that go without saying.
const UNSAID: [&str; 5] =
    ["content-type", "content-length", "cache-control", "vary", "access-control-expose-headers"];

/// Fails where the document doesn't tell of the answer.
fn is_documented(document: &Value, method: &str, path: &str, answer: &Answered) {
    let case = format!("{method} {path}: {answer:?}");
    let operation = &document["paths"][path][method.to_lowercase()];
    let response = &operation["responses"][answer.status().to_string()];
    assert!(response.is_object(), "no such status: {case}");
    let told: BTreeSet<_> =
        response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_lowercase()).collect();
    for name in answer.0["headers"].as_object().unwrap().keys() {
        let unsaid = UNSAID.contains(&name.as_str()) || name.starts_with("access-control-");
        assert!(unsaid || told.contains(name), "{name} is not documented: {case}");
    }
    let contents = response["content"].as_object();
    let media_type = answer.header("content-type").filter(|_| !answer.text().is_empty());
    match (contents, media_type) {
        (None, None) => {}
        (Some(contents), Some(media_type)) => {
            let errors = Schemas::closed(document).errors(&contents[media_type]["schema"], &answer.body());
            assert_eq!(errors, Vec::<String>::new(), "{case}");
        }
        _ => panic!("a body is documented and not answered, or the other way: {case}"),
    }
}

#[tokio::test]
async fn what_succeeds_is_answered_as_documented() {
    let world = World::new().await;
    let document = document(&world).await;
    let admin = world.token("admin", "admin");
    let id = world.create_own(&admin).await;
    for operation in operations() {
        let answer = world.api(operation.event(&id, &admin)).await;
        assert!(answer.status() < 300, "{operation:?}: {answer:?}");
        is_documented(&document, operation.method, operation.path, &answer);
    }
}

#[tokio::test]
async fn other_successes_are_answered_as_documented_too() {
    let world = World::new().await;
    let document = document(&world).await;
    let token = world.token("reports", "producer");
    for event in [
        event_with("api-create-users", &token),
        event_with("api-create-idempotent", &token),
        event_with("api-create-idempotent", &token),
        event_with("api-create", &token),
    ] {
        is_documented(&document, "POST", "/api/notifications/", &world.api(event).await);
    }
    let ana = world.token("ana", "Supply Lead");
    is_documented(&document, "GET", "/api/user/current/", &world.get("/api/user/current/", &ana).await);
    for path in ["/api/notifications/", "/api/notifications/unread/"] {
        let page = world.get(&format!("{path}?limit=1"), &ana).await;
        is_documented(&document, "GET", path, &page);
        let next = page.body()["next"].as_str().unwrap().to_owned();
        is_documented(&document, "GET", path, &world.get(&next, &ana).await);
        let known = with_header(request("GET", path, &ana), "if-none-match", "*");
        is_documented(&document, "GET", path, &world.api(known).await);
    }
}

#[tokio::test]
async fn a_caller_who_is_nobody_or_may_not_is_answered_as_documented() {
    let world = World::new().await;
    let document = document(&world).await;
    let (gone, foreign) = (world.token("bruno", "viewer"), world.token("ana", "viewer"));
    world.revoke(&gone).await;
    let id = "01a1d013-f088-766b-95ff-16f66f433602";
    for operation in operations().into_iter().filter(|operation| !is_public(&document, operation.path)) {
        for token in ["rubbish", gone.as_str()] {
            let answer = world.api(operation.event(id, token)).await;
            assert_eq!(answer.status(), 401, "{operation:?}");
            is_documented(&document, operation.method, operation.path, &answer);
        }
        let mut cookie = with_header(operation.event(id, &foreign), "origin", "https://evil.example");
        cookie["headers"].as_object_mut().unwrap().remove("authorization");
        cookie["cookies"] = json!([format!("__Host-belfry_session={foreign}")]);
        is_documented(&document, operation.method, operation.path, &world.api(cookie).await);
    }
    let answer = world.api(event_with("api-create", &foreign)).await;
    is_documented(&document, "POST", "/api/notifications/", &answer);
}

fn is_public(document: &Value, path: &str) -> bool {
    let security = &document["paths"][path]["get"]["security"];
    security.as_array().is_some_and(|either| either.contains(&json!({})))
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_answered_as_documented() {
    let world = World::new().await;
    let document = document(&world).await;
    let token = world.token("ana", "admin");
    let missing = "01a1d013-f088-766b-95ff-16f66f433602";
    let mut statuses = BTreeSet::new();
    for operation in operations() {
        let good = operation.event(missing, &token);
        let takes_body = !good["body"].is_null() || operation.path.ends_with("/seen/");
        let mut tries = vec![good.clone()];
        if takes_body {
            tries.push(with_body(good.clone(), &json!({ "colour": "red" })));
            tries.push(with_body(good.clone(), &json!("x".repeat(300_000))));
        }
        if operation.method == "GET" {
            let mut query = good.clone();
            query["rawQueryString"] = json!("limit=0");
            tries.push(query);
        }
        tries.push(with_header(good, "idempotency-key", ""));
        for event in tries
            .into_iter()
            .filter(|_| operation.name() != ("DELETE".to_owned(), "/api/session/".to_owned()))
        {
            let answer = world.api(event).await;
            statuses.insert(answer.status());
            is_documented(&document, operation.method, operation.path, &answer);
        }
    }
    let mut reused = event_with("api-create-idempotent", &token);
    world.api(reused.clone()).await;
    reused["body"] = event("api-create")["body"].clone();
    let answer = world.api(reused).await;
    statuses.insert(answer.status());
    is_documented(&document, "POST", "/api/notifications/", &answer);
    assert!(statuses.is_superset(&[200, 400, 404, 413, 422].into()), "{statuses:?}");
}

#[tokio::test]
async fn who_is_too_fast_is_answered_as_documented() {
    let one = NonZeroU32::new(1).unwrap();
    let world = World::limited(Limits {
        rates: Rates { reads: one, writes: one, creates: one, ..UNLIMITED.rates },
        ..UNLIMITED
    })
    .await;
    let document = document(&world).await;
    // Whose token is verified first waits for the issuer's keys; from then on what is asked at once is counted at once.
    world.get("/api/user/current/", &world.token("nobody-else", "viewer")).await;
    for operation in operations().into_iter().filter(|operation| !is_public(&document, operation.path)) {
        let token = world.token(&format!("{}{}", operation.method, operation.path), "admin");
        let event = operation.event("01a1d013-f088-766b-95ff-16f66f433602", &token);
        let answers = join_all([event.clone(), event].map(|event| world.api(event))).await;
        assert_eq!(answers[1].status(), 429, "{operation:?}");
        is_documented(&document, operation.method, operation.path, &answers[1]);
    }
}

#[tokio::test]
async fn a_store_that_fails_is_answered_as_documented() {
    for refused in ["DirectoryTable", "InboxTable", r#""bruno""#] {
        let world = World::refusing(refused).await;
        let document = document(&world).await;
        let token = world.token("admin", "admin");
        for operation in operations() {
            let answer = world.api(operation.event("01a1d013-f088-766b-95ff-16f66f433602", &token)).await;
            is_documented(&document, operation.method, operation.path, &answer);
        }
        let answer = world.api(event_with("api-create-users", &world.token("reports", "producer"))).await;
        assert!(answer.status() >= 500, "{refused}");
        is_documented(&document, "POST", "/api/notifications/", &answer);
    }
}
