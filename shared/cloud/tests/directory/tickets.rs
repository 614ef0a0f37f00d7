//! Tickets: who has one is the caller it was made for, once, within a minute.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_cloud::{StoreError, aws::ATTEMPT_TIMEOUT, clock};
use belfry_dynamo::Fault;
use futures::future::join_all;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    access::{Access, role},
    store::{attributes, operations},
    user,
};

#[tokio::test]
async fn a_ticket_is_taken_by_whoever_has_it_and_stands_for_its_caller() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({ "role": "analyst", "email": "ana@example.com" })).await;
    let (calls, ticket) = access.store.calls_of(access.directory.issue_ticket(&caller)).await;
    assert_eq!(operations(&calls), ["PutItem"]);
    let (calls, taken) = access.store.calls_of(access.directory.take_ticket(&ticket.unwrap().secret)).await;
    assert_eq!(operations(&calls), ["DeleteItem"]);
    let taken = taken.unwrap().unwrap();
    assert_eq!((taken.user, taken.role), (user("ana"), Some(role("analyst"))));
    assert_eq!((taken.issued_at, taken.expires_at), (caller.issued_at, caller.expires_at));
    assert!(taken.token == caller.token && taken.profile.is_none());
    assert!(access.rows().await.is_empty());
}

#[tokio::test]
async fn a_caller_without_a_role_has_none_by_ticket_either() {
    let access = Access::new().await;
    let ticket = access.directory.issue_ticket(&access.claimed(&json!({})).await).await.unwrap();
    assert_eq!(access.directory.take_ticket(&ticket.secret).await.unwrap().unwrap().role, None);
}

#[tokio::test]
async fn the_table_knows_no_secret() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst" }));
    let caller = access.authenticator.verify(&token).await.unwrap();
    let ticket = access.directory.issue_ticket(&caller).await.unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(&ticket.secret).unwrap().len(), 16);
    let rows = access.rows().await;
    assert_eq!(
        attributes(&rows[0]),
        ["claimed_role", "entity", "expires_at", "issued_at", "record", "token", "token_expires_at", "user"]
    );
    let text = format!("{rows:?}");
    let parts = token.split('.').chain([ticket.secret.as_str()]);
    assert!(parts.into_iter().all(|secret| !text.contains(secret)), "{text}");
}

#[tokio::test]
async fn no_two_tickets_are_alike() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({})).await;
    let tickets = join_all((0..50).map(|_| access.directory.issue_ticket(&caller))).await;
    let mut secrets: Vec<_> = tickets.into_iter().map(|ticket| ticket.unwrap().secret).collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!((secrets.len(), access.rows().await.len()), (50, 50));
}

#[tokio::test]
async fn of_a_hundred_who_take_a_ticket_at_the_same_time_one_has_it() {
    let access = Access::new().await;
    let ticket = access.directory.issue_ticket(&access.claimed(&json!({})).await).await.unwrap();
    let takers = join_all((0..100).map(|_| access.directory.take_ticket(&ticket.secret))).await;
    assert_eq!(takers.into_iter().filter(|taken| taken.as_ref().unwrap().is_some()).count(), 1);
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_ticket_past_its_time_is_worthless_though_it_is_still_there() {
    let access = Access::new().await;
    let ticket = access.directory.issue_ticket(&access.claimed(&json!({})).await).await.unwrap();
    let mut row = access.rows().await.remove(0);
    for seconds in [0, -1, -3_600] {
        let end = clock::now().as_seconds() + seconds;
        row.insert("expires_at".to_owned(), AttributeValue::N(end.to_string()));
        access.put(row.clone()).await;
        assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_none(), "{seconds}");
    }
    assert_eq!(access.rows().await, [row]);
}

#[tokio::test]
async fn whatever_is_not_the_secret_is_worthless() {
    let access = Access::new().await;
    let ticket = access.directory.issue_ticket(&access.claimed(&json!({})).await).await.unwrap();
    let rows = access.rows().await;
    let entity = rows[0]["entity"].as_s().unwrap();
    let secret = &ticket.secret;
    let turned: String = secret.chars().rev().collect();
    let cut = &secret[..secret.len() - 1];
    let longer = format!("{secret}=");
    let hash = entity.strip_prefix("ticket#").unwrap();
    for wrong in ["", " ", "x", cut, &longer, &turned, entity, hash, &"A".repeat(22), "ticket#"] {
        assert!(access.directory.take_ticket(wrong).await.unwrap().is_none(), "{wrong}");
    }
    assert!(access.directory.take_ticket(secret).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ticket_lives_a_minute_or_as_long_as_its_token() {
    let access = Access::new().await;
    for (seconds, expected) in [(3_600, 60), (60, 60), (20, 20), (1, 1)] {
        let now = clock::now().as_seconds();
        let caller = access.claimed(&json!({ "exp": now + seconds })).await;
        let ticket = access.directory.issue_ticket(&caller).await.unwrap();
        let end = ticket.expires_at.as_seconds();
        assert!(ticket.expires_at <= caller.expires_at, "not longer than the token");
        assert!((now + expected..=clock::now().as_seconds() + expected).contains(&end), "{seconds}");
        assert_eq!(ticket.expires_at.as_millis() % 1000, 0, "what is said is what the table goes by");
    }
    let ended = access.claimed(&json!({ "exp": clock::now().as_seconds() - 1 })).await;
    let ticket = access.directory.issue_ticket(&ended).await.unwrap();
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_ticket_is_issued_in_spite_of_errors() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({})).await;
    for fault in [Fault::Throttle, Fault::ServerError, Fault::LoseAnswer] {
        access.store.wire.order("PutItem", fault);
    }
    let ticket = access.directory.issue_ticket(&caller).await.unwrap();
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_some());
}

/// An attempt that lands after the ticket was taken must not bring it back.
#[tokio::test]
async fn a_ticket_that_is_issued_late_is_still_good_only_once() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({})).await;
    let late = Duration::from_millis(500);
    access.store.wire.order("PutItem", Fault::Delay(ATTEMPT_TIMEOUT + late));
    let ticket = access.directory.issue_ticket(&caller).await.unwrap();
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_some());
    sleep(3 * late).await;
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_none());
}

/// A second attempt could not tell its own success from another's, so nobody has it then.
#[tokio::test]
async fn a_ticket_whose_taking_is_not_answered_is_lost() {
    let access = Access::new().await;
    let ticket = access.directory.issue_ticket(&access.claimed(&json!({})).await).await.unwrap();
    access.store.wire.order("DeleteItem", Fault::LoseAnswer);
    let (calls, lost) = access.store.calls_of(access.directory.take_ticket(&ticket.secret)).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))));
    assert_eq!(operations(&calls), ["DeleteItem"]);
    assert!(access.directory.take_ticket(&ticket.secret).await.unwrap().is_none());
}
