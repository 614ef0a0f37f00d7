//! A ticket counts as long as the token that it was made with.

use belfry_cloud::{AuthError, clock};
use serde_json::json;

use crate::support::{
    access::{Access, profile, role},
    store::operations,
    user,
};

/// A ticket of ana's, who came with that token.
async fn ticket(access: &Access, token: &str) -> String {
    let caller = access.authenticator.authenticate(token).await.unwrap();
    access.authenticator.issue_ticket(&caller).await.unwrap().secret
}

#[tokio::test]
async fn who_redeems_a_ticket_is_the_caller_and_changes_nothing_of_what_is_known() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst", "email": "ana@example.com", "given_name": "Ana" }));
    let ticket = ticket(&access, &token).await;
    let known = access.directory.user(&user("ana")).await.unwrap();
    let (calls, caller) = access.store.calls_of(access.authenticator.redeem(&ticket)).await;
    let caller = caller.unwrap();
    assert_eq!(operations(&calls), ["DeleteItem", "BatchGetItem"]);
    assert_eq!((caller.user.as_str(), caller.role), ("ana", Some(role("analyst"))));
    assert_eq!(access.directory.user(&user("ana")).await.unwrap(), known, "the profile is not blanked");
    assert_eq!(known.unwrap().profile.email, "ana@example.com");
}

#[tokio::test]
async fn a_ticket_writes_nobody_down() {
    let access = Access::new().await;
    let caller = access.claimed(&json!({ "role": "analyst" })).await;
    let ticket = access.directory.issue_ticket(&caller).await.unwrap();
    access.authenticator.redeem(&ticket.secret).await.unwrap();
    assert!(access.rows().await.is_empty());
}

#[tokio::test]
async fn a_ticket_is_redeemed_with_the_role_and_profile_that_an_event_has_given_since() {
    let access = Access::new().await;
    let token = access.token(&json!({ "role": "analyst", "iat": clock::now().as_seconds() + 1 }));
    let ticket = ticket(&access, &token).await;
    access.event("told", Some("viewer"), true, clock::now()).await;
    let caller = access.authenticator.redeem(&ticket).await.unwrap();
    assert_eq!((caller.role, caller.profile), (Some(role("viewer")), Some(profile("told"))));
}

#[tokio::test]
async fn after_signing_out_no_ticket_is_left() {
    let access = Access::new().await;
    let token = access.token(&json!({}));
    let ticket = ticket(&access, &token).await;
    let caller = access.authenticator.verify(&token).await.unwrap();
    access.authenticator.revoke(&caller).await.unwrap();
    assert_eq!(access.authenticator.redeem(&ticket).await.unwrap_err(), AuthError::Revoked);
    assert_eq!(access.authenticator.redeem(&ticket).await.unwrap_err(), AuthError::Invalid("ticket"));
}

#[tokio::test]
async fn after_deactivation_no_ticket_is_left_also_for_who_comes_back() {
    for (comes_back, refused) in [(false, AuthError::Inactive), (true, AuthError::Revoked)] {
        let access = Access::new().await;
        let ticket = ticket(&access, &access.aged(30)).await;
        access.event("told", Some("viewer"), false, clock::now()).await;
        if comes_back {
            access.event("told", Some("viewer"), true, clock::now().plus_millis(1)).await;
        }
        assert_eq!(access.authenticator.redeem(&ticket).await.unwrap_err(), refused);
        assert_eq!(access.authenticator.redeem(&ticket).await.unwrap_err(), AuthError::Invalid("ticket"));
    }
}

#[tokio::test]
async fn what_is_no_ticket_is_refused() {
    let access = Access::new().await;
    for wrong in ["", "x", &"A".repeat(22), &access.token(&json!({}))] {
        assert_eq!(access.authenticator.redeem(wrong).await.unwrap_err(), AuthError::Invalid("ticket"));
    }
}
