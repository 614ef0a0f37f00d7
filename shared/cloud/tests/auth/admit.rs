//! Whether a good token still counts, and with which role: the directory knows.

use belfry_cloud::{AuthError, Caller, clock};
use belfry_domain::{Permission, Timestamp};
use belfry_dynamo::Fault;
use futures::future::join_all;
use serde_json::json;

use crate::support::{
    access::{Access, profile, role},
    store::operations,
    user,
};

async fn admitted(access: &Access, token: &str) -> Result<Caller, AuthError> {
    access.authenticator.authenticate(token).await
}

async fn event(access: &Access, named: Option<&str>, is_active: bool, at: Timestamp) {
    access.event("told", named, is_active, at).await;
}

#[tokio::test]
async fn who_is_seen_first_is_written_down_once() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst", "email": "ana@example.com" }));
    let (calls, caller) = access.store.calls_of(admitted(&access, &token)).await;
    assert_eq!(operations(&calls), ["BatchGetItem", "PutItem"]);
    let known = access.directory.user(&user("ana")).await.unwrap().unwrap();
    assert_eq!((known.role, Some(known.profile)), (Some(role("analyst")), caller.unwrap().profile));
    for token in [token, access.token(&json!({ "role": "analyst", "email": "ana@example.com", "jti": "2" }))]
    {
        let (calls, caller) = access.store.calls_of(admitted(&access, &token)).await;
        assert_eq!(operations(&calls), ["BatchGetItem"], "nothing has changed");
        assert_eq!(caller.unwrap().role, Some(role("analyst")));
    }
}

#[tokio::test]
async fn claims_that_change_are_written_down_anew_and_count() {
    let access = Access::new().await;
    admitted(&access, &access.token(&json!({ "role": "analyst" }))).await.unwrap();
    let changes = [
        json!({ "role": "admin" }),
        json!({ "role": "admin", "email": "ana@example.com" }),
        json!({ "role": "admin", "email": "ana@example.com", "given_name": "Ana" }),
        json!({ "email": "ana@example.com", "given_name": "Ana" }),
    ];
    for claims in changes {
        let (calls, caller) = access.store.calls_of(admitted(&access, &access.token(&claims))).await;
        assert_eq!(operations(&calls), ["BatchGetItem", "PutItem"], "{claims}");
        let (caller, known) = (caller.unwrap(), access.directory.user(&user("ana")).await.unwrap().unwrap());
        assert_eq!(caller.role, claims["role"].as_str().map(role));
        assert_eq!((known.role, Some(known.profile)), (caller.role, caller.profile));
    }
}

#[tokio::test]
async fn twenty_first_sights_at_once_are_one_user() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst" }));
    let callers = join_all((0..20).map(|_| Box::pin(admitted(&access, &token)))).await;
    assert!(callers.into_iter().all(|caller| caller.unwrap().role == Some(role("analyst"))));
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn the_role_and_profile_of_an_event_overrule_the_claims_either_way() {
    for (claimed, told, may_send) in
        [("admin", Some("viewer"), false), ("viewer", Some("admin"), true), ("admin", None, false)]
    {
        let access = Access::new().await;
        event(&access, told, true, clock::now().plus_millis(-60_000)).await;
        let before = access.rows().await;
        let token = access.token(&json!({ "role": claimed, "email": "claimed@example.com" }));
        let (calls, caller) = access.store.calls_of(admitted(&access, &token)).await;
        let caller = caller.unwrap();
        assert_eq!(caller.may(Permission::CreateNotifications), may_send, "{claimed} {told:?}");
        assert_eq!((&caller.role, &caller.profile), (&told.map(role), &Some(profile("told"))));
        assert_eq!((operations(&calls), access.rows().await), (vec!["BatchGetItem"], before));
    }
}

#[tokio::test]
async fn after_a_change_of_role_a_token_counts_with_the_new_one_alone() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "admin", "iat": clock::now().as_seconds() - 30 }));
    assert!(admitted(&access, &token).await.unwrap().may(Permission::CreateNotifications));
    event(&access, Some("viewer"), true, clock::now().plus_millis(-10_000)).await;
    let caller = admitted(&access, &token).await.unwrap();
    assert_eq!(caller.role, Some(role("viewer")));
    assert!(!caller.may(Permission::CreateNotifications));
}

/// Tokens tell whole seconds: who signs in right after the change has one that seems to be from before it.
#[tokio::test]
async fn a_token_of_the_second_of_the_change_counts() {
    let access = Access::new().await;
    let at = clock::now().as_seconds() - 10;
    for (is_active, millis) in [(false, 998), (true, 999)] {
        event(&access, Some("viewer"), is_active, Timestamp::from_millis(at * 1000 + millis)).await;
    }
    let [before, same, after] = [at - 1, at, at + 1].map(|iat| access.token(&json!({ "iat": iat })));
    assert_eq!(admitted(&access, &before).await.unwrap_err(), AuthError::Revoked);
    assert!(admitted(&access, &same).await.is_ok() && admitted(&access, &after).await.is_ok());
}

#[tokio::test]
async fn a_token_that_does_not_say_when_it_was_issued_is_older_than_any_change() {
    let access = Access::new().await;
    let mut claims = json!({ "role": "viewer" });
    claims["iat"] = json!(0);
    let token = access.token(&claims);
    assert!(admitted(&access, &token).await.is_ok());
    for (is_active, millis) in [(false, -1_000_000_001), (true, -1_000_000_000)] {
        event(&access, Some("admin"), is_active, clock::now().plus_millis(millis)).await;
    }
    assert_eq!(admitted(&access, &token).await.unwrap_err(), AuthError::Revoked);
}

#[tokio::test]
async fn who_is_deactivated_is_kept_out_until_they_come_back_and_sign_in_anew() {
    let access = Access::new().await;
    let [old, new] = [30, 0].map(|seconds| access.aged(seconds));
    event(&access, None, false, clock::now().plus_millis(-20_000)).await;
    for token in [&old, &new] {
        assert_eq!(admitted(&access, token).await.unwrap_err(), AuthError::Inactive);
    }
    event(&access, None, true, clock::now().plus_millis(-10_000)).await;
    assert_eq!(admitted(&access, &old).await.unwrap_err(), AuthError::Revoked);
    assert!(admitted(&access, &new).await.is_ok());
}

#[tokio::test]
async fn signing_out_ends_one_token_and_no_other() {
    let access = Access::new().await;
    let [one, other] = ["1", "2"].map(|jti| access.token(&json!({ "jti": jti })));
    let caller = admitted(&access, &one).await.unwrap();
    access.authenticator.revoke(&caller).await.unwrap();
    assert_eq!(admitted(&access, &one).await.unwrap_err(), AuthError::Revoked);
    assert!(admitted(&access, &other).await.is_ok());
}

#[tokio::test]
async fn who_could_not_be_written_down_is_admitted_and_who_could_not_be_looked_up_is_not() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst" }));
    (0..5).for_each(|_| access.store.wire.order("PutItem", Fault::Throttle));
    assert_eq!(admitted(&access, &token).await.unwrap().role, Some(role("analyst")));
    assert!(access.rows().await.is_empty());
    // Reads are repeated by the SDK, three times in all.
    (0..3).for_each(|_| access.store.wire.order("BatchGetItem", Fault::ServerError));
    assert!(matches!(admitted(&access, &token).await, Err(AuthError::DirectoryUnavailable(_))));
    assert!(admitted(&access, &token).await.is_ok());
    assert_eq!(access.rows().await.len(), 1, "the next request has made up for it");
}
