//! Revoked tokens.

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::Caller;
use belfry_dynamo::Fault;
use serde_json::json;

use crate::support::{
    access::Access,
    store::{attributes, operations, strong},
};

/// How long after its end a token is still taken, by the verifier's own test.
const LEEWAY_SECONDS: i64 = 5;

#[tokio::test]
async fn a_revoked_token_is_known_by_its_hash_alone_until_it_would_have_ended() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "viewer" }));
    let caller = access.authenticator.verify(&token).await.unwrap();
    let other = access.claimed(&json!({ "role": "admin" })).await;
    let revoked = async |caller: &Caller| {
        access.directory.access_state(&caller.user, &caller.token).await.unwrap().revoked
    };
    assert!(!revoked(&caller).await);
    access.directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    let (calls, is_revoked) = access.store.calls_of(revoked(&caller)).await;
    assert!(is_revoked && strong(&calls));
    assert_eq!(operations(&calls), ["BatchGetItem"]);
    assert!(!revoked(&other).await);

    let rows = access.rows().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(attributes(&rows[0]), ["entity", "expires_at", "record"]);
    // The verifier takes a token for some seconds after its end, and rounds fractions of a second.
    let end = caller.expires_at.as_seconds() + LEEWAY_SECONDS + 2;
    assert_eq!(rows[0]["expires_at"], AttributeValue::N(end.to_string()));
    assert_eq!(rows[0]["entity"], AttributeValue::S(format!("token#{}", caller.token)));
    let signature = token.rsplit('.').next().unwrap();
    assert!(!format!("{rows:?}{caller:?}").contains(signature));
}

#[tokio::test]
async fn revoking_twice_or_with_a_lost_answer_is_revoking_once() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({})).await;
    access.store.wire.order("PutItem", Fault::LoseAnswer);
    access.directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    let rows = access.rows().await;
    access.directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    assert_eq!((rows.len(), access.rows().await), (1, rows));
}
