//! What a key stands for: the first request with it, for 24 hours.

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::{
    clock,
    directory::{Claim, IdempotencyKey},
};
use belfry_dynamo::Fault;
use futures::future::join_all;

use crate::support::{
    access::Access,
    store::{attributes, operations},
    user,
};

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::try_from(text.as_bytes()).unwrap()
}

async fn claim(access: &Access, caller: &str, text: &str, body: &str) -> Claim {
    access.directory.claim(&user(caller), &key(text), body.as_bytes()).await.unwrap()
}

#[tokio::test]
async fn the_same_key_and_body_is_the_same_name_and_costs_one_call() {
    let access = Access::new().await;
    let (calls, first) = access.store.calls_of(claim(&access, "ana", "key", "body")).await;
    let Claim::First(id) = first else { panic!("{first:?}") };
    assert_eq!(operations(&calls), ["PutItem"]);
    for _ in 0..3 {
        let (calls, again) = access.store.calls_of(claim(&access, "ana", "key", "body")).await;
        assert_eq!((again, operations(&calls)), (Claim::Replay(id), vec!["PutItem"]));
    }
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_told_so_and_changes_nothing() {
    let access = Access::new().await;
    let first = claim(&access, "ana", "key", "body").await;
    let before = access.rows().await;
    for other in ["bodY", "", "body ", "bod"] {
        assert_eq!(claim(&access, "ana", "key", other).await, Claim::OtherBody, "{other}");
    }
    assert_eq!(access.rows().await, before);
    let Claim::First(id) = first else { panic!("{first:?}") };
    assert_eq!(claim(&access, "ana", "key", "body").await, Claim::Replay(id));
}

#[tokio::test]
async fn another_key_or_caller_is_another_request() {
    let access = Access::new().await;
    let mut names = Vec::new();
    for (caller, text) in [("ana", "key"), ("bruno", "key"), ("ana", "key2"), ("an", "akey"), ("anak", "ey")]
    {
        let claimed = claim(&access, caller, text, "body").await;
        let Claim::First(id) = claimed else { panic!("{caller} {text}: {claimed:?}") };
        names.push(id);
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 5);
}

#[tokio::test]
async fn of_twenty_at_the_same_time_one_is_the_first_and_all_have_one_name() {
    let access = Access::new().await;
    let claims = join_all((0..20).map(|_| claim(&access, "ana", "key", "body"))).await;
    let firsts: Vec<_> = claims
        .iter()
        .filter_map(|claimed| match claimed {
            Claim::First(id) => Some(*id),
            Claim::Replay(_) | Claim::OtherBody => None,
        })
        .collect();
    assert_eq!(firsts.len(), 1);
    let replay = Claim::Replay(firsts[0]);
    assert_eq!(claims.iter().filter(|claimed| **claimed == replay).count(), 19);
}

#[tokio::test]
async fn of_two_bodies_at_the_same_time_one_is_the_first_and_the_other_is_told_so() {
    let access = Access::new().await;
    let bodies = (0..20).map(|n| claim(&access, "ana", "key", if n % 2 == 0 { "even" } else { "odd" }));
    let claims = join_all(bodies).await;
    let count = |wanted: fn(&Claim) -> bool| claims.iter().filter(|claimed| wanted(claimed)).count();
    assert_eq!(count(|claimed| matches!(claimed, Claim::First(_))), 1);
    assert_eq!(count(|claimed| matches!(claimed, Claim::Replay(_))), 9);
    assert_eq!(count(|claimed| *claimed == Claim::OtherBody), 10);
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day_and_after_that_it_is_new() {
    let access = Access::new().await;
    let before = clock::now().as_seconds();
    let Claim::First(id) = claim(&access, "ana", "key", "body").await else { panic!("first") };
    let mut row = access.rows().await.remove(0);
    let end: i64 = row["expires_at"].as_n().unwrap().parse().unwrap();
    let day = 24 * 60 * 60;
    assert!((before + day..=clock::now().as_seconds() + day).contains(&end));

    for seconds_left in [2, 0, -1] {
        let end = clock::now().as_seconds() + seconds_left;
        row.insert("expires_at".to_owned(), AttributeValue::N(end.to_string()));
        access.put(row.clone()).await;
        match claim(&access, "ana", "key", "another body").await {
            Claim::First(other) => assert!(seconds_left <= 0 && other != id),
            claimed => assert!(seconds_left > 0 && claimed == Claim::OtherBody, "{claimed:?}"),
        }
    }
    assert!(matches!(claim(&access, "ana", "key", "another body").await, Claim::Replay(_)));
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn an_expired_key_that_twenty_claim_has_one_first() {
    let access = Access::new().await;
    claim(&access, "ana", "key", "body").await;
    let mut row = access.rows().await.remove(0);
    row.insert("expires_at".to_owned(), AttributeValue::N("1".to_owned()));
    access.put(row).await;
    let claims = join_all((0..20).map(|_| claim(&access, "ana", "key", "body"))).await;
    assert_eq!(claims.iter().filter(|claimed| matches!(claimed, Claim::First(_))).count(), 1);
}

#[tokio::test]
async fn a_claim_whose_answer_is_lost_is_the_first_all_the_same() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::LoseAnswer);
    let (calls, first) = access.store.calls_of(claim(&access, "ana", "key", "body")).await;
    assert_eq!(operations(&calls), ["PutItem"; 2]);
    let Claim::First(id) = first else { panic!("{first:?}") };
    assert_eq!(claim(&access, "ana", "key", "body").await, Claim::Replay(id));
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn a_claim_survives_throttling() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::Throttle);
    access.store.wire.order("PutItem", Fault::ServerError);
    assert!(matches!(claim(&access, "ana", "key", "body").await, Claim::First(_)));
}

#[tokio::test]
async fn neither_key_nor_body_nor_caller_can_be_read_in_the_table() {
    let access = Access::new().await;
    claim(&access, "ana-of-all", "the-key-itself", "the-body-itself").await;
    let rows = access.rows().await;
    assert_eq!(attributes(&rows[0]), ["body", "entity", "expires_at", "notification", "record"]);
    let text = format!("{rows:?}{:?}", key("the-key-itself"));
    for secret in ["ana-of-all", "the-key-itself", "the-body-itself"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn a_key_is_1_to_255_printable_ascii_characters() {
    let longest = "x".repeat(255);
    for good in ["k", "8e03978e-40d5-43e8-bc93-6894a57f9324", "a b", "\"quoted\"", "~!", &longest] {
        assert!(IdempotencyKey::try_from(good.as_bytes()).is_ok(), "{good}");
    }
    let too_long = "x".repeat(256);
    for bad in ["", " ", "   ", "\t", "a\nb", "a\u{0}", "clé", "\u{7f}", &too_long] {
        assert!(IdempotencyKey::try_from(bad.as_bytes()).is_err(), "{bad:?}");
    }
    assert!(IdempotencyKey::try_from(&[0xff, 0xfe][..]).is_err());
    assert!(key(" padded ") == key("padded"), "white space around a header's value is not part of it");
}
