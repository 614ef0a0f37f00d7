//! Connections that are opened by a ticket.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_cloud::clock;
use belfry_dynamo::names;
use futures::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{
    people::UserEvent,
    sample::{event, event_of, event_with},
    world::World,
};

async fn ticket(world: &World, token: &str) -> Value {
    let answer = world.post("/api/ws/ticket/", token).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    answer.body()
}

fn effect(answer: &Value) -> &str {
    answer["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap()
}

async fn refusal(world: &World, event: Value) -> String {
    world.authorize(event).await.unwrap_err().to_string()
}

/// Replaces the page of an event.
fn from_page(mut event: Value, origin: &str) -> Value {
    event["headers"]["Origin"] = json!(origin);
    event["multiValueHeaders"]["Origin"] = json!([origin]);
    event
}

/// The directory's row of a ticket with that secret.
fn row(secret: &str, expires_at: i64) -> HashMap<String, AttributeValue> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: i64| AttributeValue::N(number.to_string());
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(secret));
    let (now, later) = (clock::now().as_millis(), clock::now().as_millis() + 3_600_000);
    HashMap::from([
        ("entity".to_owned(), text(&format!("ticket#{hash}"))),
        ("record".to_owned(), text("ticket")),
        ("user".to_owned(), text("ana")),
        ("token".to_owned(), text("of-some-token")),
        ("issued_at".to_owned(), number(now)),
        ("token_expires_at".to_owned(), number(later)),
        ("expires_at".to_owned(), number(expires_at)),
    ])
}

#[tokio::test]
async fn the_sample_is_answered_by_a_ticket_that_lives_a_minute_and_is_kept_as_a_hash() {
    let world = World::new().await;
    let before = clock::now().as_seconds();
    let answer = world.api(event_with("api-ticket", &world.token("ana", "analyst"))).await;
    assert_eq!((answer.status(), answer.header("cache-control")), (201, Some("no-store")));
    let body = answer.body();
    let secret = body["ticket"].as_str().unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(secret).unwrap().len(), 16, "128 bits");
    let end = json!(clock::now().plus_millis(60_000));
    assert!(body["expires_at"].as_str() <= end.as_str(), "{body}");
    let rows = world.raw.scan().table_name(names::DIRECTORY).send().await.unwrap().items.unwrap();
    let kept = rows.iter().find(|row| row["record"].as_s().unwrap() == "ticket").unwrap();
    let expires_at: i64 = kept["expires_at"].as_n().unwrap().parse().unwrap();
    assert!((before + 59..=clock::now().as_seconds() + 60).contains(&expires_at));
    assert!(!format!("{rows:?}").contains(secret));
}

#[tokio::test]
async fn a_ticket_opens_one_socket_in_the_name_and_for_the_time_of_its_token() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let event = event_of(&ticket(&world, &token).await);
    let by_token = world.authorize(event_with("ws_authorizer-bearer", &token)).await.unwrap();
    world.operations();
    let by_ticket = world.authorize(event.clone()).await.unwrap();
    assert_eq!((effect(&by_ticket), &by_ticket["principalId"]), ("Allow", &json!("ana")));
    assert_eq!(by_ticket["context"], by_token["context"]);
    assert_eq!(world.operations(), ["DeleteItem", "BatchGetItem"], "a ticket has no profile to write down");
    assert_eq!(refusal(&world, event).await, "Unauthorized", "a second time");
}

#[tokio::test]
async fn of_many_who_race_with_one_ticket_one_wins() {
    let world = World::new().await;
    let event = event_of(&ticket(&world, &world.token("ana", "analyst")).await);
    let answers = join_all((0..20).map(|_| world.authorize(event.clone()))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 19));
    assert!(lost.into_iter().all(|error| error.unwrap_err().to_string() == "Unauthorized"));
}

#[tokio::test]
async fn an_unknown_an_expired_and_an_empty_ticket_open_nothing() {
    let world = World::new().await;
    assert_eq!(refusal(&world, event("ws_authorizer-unknown-ticket")).await, "Unauthorized");
    let expired = event("ws_authorizer-expired-ticket");
    let secret = expired["queryStringParameters"]["ticket"].as_str().unwrap().to_owned();
    for (end, opens) in [(clock::now().as_seconds() - 1, false), (clock::now().as_seconds() + 30, true)] {
        let put = world.raw.put_item().table_name(names::DIRECTORY).set_item(Some(row(&secret, end)));
        put.send().await.unwrap();
        let answer = world.authorize(expired.clone()).await;
        assert_eq!(answer.is_ok_and(|answer| effect(&answer) == "Allow"), opens, "{end}");
    }
    assert_eq!(refusal(&world, event_of(&json!({ "ticket": "" }))).await, "Unauthorized");
    assert_eq!(refusal(&world, event_of(&json!({ "ticket": "x".repeat(4096) }))).await, "Unauthorized");
}

#[tokio::test]
async fn a_ticket_goes_before_every_other_credential() {
    let world = World::new().await;
    let (ana, bruno) = (world.token("ana", "analyst"), world.token("bruno", "manager"));
    let mut event = event_with("ws_authorizer-cookie", &bruno);
    let opened = ticket(&world, &ana).await;
    event["queryStringParameters"] = json!({ "ticket": opened["ticket"] });
    event["multiValueQueryStringParameters"] = json!({ "ticket": [opened["ticket"]] });
    assert_eq!(world.authorize(event.clone()).await.unwrap()["principalId"], "ana");
    assert_eq!(
        refusal(&world, event).await,
        "Unauthorized",
        "and a used one isn't passed over for the cookie"
    );
}

#[tokio::test]
async fn of_two_tickets_none_counts() {
    let world = World::new().await;
    let opened = ticket(&world, &world.token("ana", "analyst")).await;
    let mut event = event_of(&opened);
    event["multiValueQueryStringParameters"] = json!({ "ticket": ["another", opened["ticket"]] });
    assert_eq!(refusal(&world, event).await, "Unauthorized");
    assert_eq!(effect(&world.authorize(event_of(&opened)).await.unwrap()), "Allow", "it was not used up");
}

#[tokio::test]
async fn a_foreign_page_is_denied_and_does_not_use_the_ticket_up() {
    let world = World::new().await;
    let event = event_of(&ticket(&world, &world.token("ana", "analyst")).await);
    world.operations();
    for origin in ["https://evil.example", "null", "http://app.example.com"] {
        let answer = world.authorize(from_page(event.clone(), origin)).await.unwrap();
        assert_eq!((effect(&answer), &answer["context"]), ("Deny", &json!({})), "{origin}");
    }
    assert_eq!(world.operations(), Vec::<String>::new());
    assert_eq!(effect(&world.authorize(event).await.unwrap()), "Allow");
}

#[tokio::test]
async fn a_ticket_is_worth_what_its_token_is_worth_when_it_is_used() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let event = event_of(&ticket(&world, &token).await);
    world.revoke(&token).await;
    assert_eq!(refusal(&world, event).await, "Unauthorized", "signed out since");

    let token = world.token_of_before("bruno", "admin", 60);
    let event = event_of(&ticket(&world, &token).await);
    world.apply_event("bruno", UserEvent { role: Some("viewer"), is_active: true, ago: 90 }).await;
    assert_eq!(world.authorize(event).await.unwrap()["context"]["role"], "viewer", "the role of now");
}

#[tokio::test]
async fn a_ticket_does_not_outlive_its_token() {
    let world = World::new().await;
    let mut claims = world.issuer.claims("ana", "analyst");
    let end = clock::now().as_seconds() + 20;
    claims["exp"] = json!(end);
    let ticket = ticket(&world, &world.key.sign(&claims)).await;
    let expected = belfry_domain::Timestamp::from_millis(end * 1000);
    assert_eq!(ticket["expires_at"], json!(expected));
    let answer = world.authorize(event_of(&ticket)).await.unwrap();
    assert_eq!(answer["context"]["token_expires_at"], end.to_string());
}

#[tokio::test]
async fn when_it_can_not_be_found_out_a_ticket_opens_nothing_and_nobody_is_told_to_sign_in() {
    let world = World::refusing("ticket#").await;
    assert_ne!(refusal(&world, event("ws_authorizer-unknown-ticket")).await, "Unauthorized");
}
