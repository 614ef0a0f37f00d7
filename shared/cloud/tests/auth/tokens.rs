//! Which tokens are believed: those of the issuer for this audience, signed by one of its keys, in their time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_cloud::{AuthError, TokenVerifier, auth::TokenSettings, clock};
use belfry_domain::{Permission, text::MAX_PROFILE_CHARACTERS};
use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::{
    support::{
        access::role,
        issuer::{AUDIENCE, Issuer, Key},
    },
    trust::Trust,
};

fn in_seconds(seconds: i64) -> i64 {
    clock::now().as_seconds() + seconds
}

#[tokio::test]
async fn a_good_token_tells_who_is_calling() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256] {
        let trust = Trust::new(algorithm).await;
        let end = in_seconds(600);
        let more = json!({
            "exp": end, "nbf": in_seconds(-10), "aud": ["another", AUDIENCE], "preferred_username": "ana.a",
            "email": "ana@example.com", "given_name": "Ana", "family_name": "Almeida",
        });
        let caller = trust.verify(&more).await.unwrap();
        assert_eq!(caller.user.as_str(), "ana", "{algorithm:?}");
        assert_eq!((caller.role, caller.expires_at.as_seconds()), (Some(role("analyst")), end));
        let profile = caller.profile.unwrap();
        let names = [profile.username, profile.email, profile.first_name, profile.last_name];
        assert_eq!(names, ["ana.a", "ana@example.com", "Ana", "Almeida"]);
    }
}

#[tokio::test]
async fn long_names_are_cut_and_keep_nobody_out() {
    let trust = Trust::new(Algorithm::ES256).await;
    let long = "ä".repeat(3_000);
    let claims =
        json!({ "preferred_username": long, "email": long, "given_name": long, "family_name": long });
    let profile = trust.verify(&claims).await.unwrap().profile.unwrap();
    for text in [profile.username, profile.email, profile.first_name, profile.last_name] {
        assert_eq!(text, "ä".repeat(MAX_PROFILE_CHARACTERS));
    }
}

#[tokio::test]
async fn a_token_that_says_no_more_than_it_must_is_a_user_without_role_or_names() {
    let trust = Trust::new(Algorithm::ES256).await;
    let caller = trust.verify(&json!({ "role": null, "iat": null })).await.unwrap();
    assert!(!caller.may(Permission::CreateNotifications) && !caller.may(Permission::OwnInbox));
    assert_eq!((caller.role, caller.profile.unwrap().username.as_str()), (None, "ana"));
    assert_eq!(caller.issued_at.as_millis(), 0, "older than any change of rights");
}

#[tokio::test]
async fn another_issuer_audience_or_time_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    let near = format!("{}/", trust.issuer.url);
    let cases = [
        (json!({ "iss": "https://evil.example" }), AuthError::Invalid("issuer")),
        (json!({ "iss": near }), AuthError::Invalid("issuer")),
        (json!({ "aud": "another" }), AuthError::Invalid("audience")),
        (json!({ "aud": ["another", "third"] }), AuthError::Invalid("audience")),
        (json!({ "exp": in_seconds(-10) }), AuthError::Expired),
        (json!({ "nbf": in_seconds(60) }), AuthError::Invalid("not valid yet")),
    ];
    for (changes, error) in cases {
        assert_eq!(trust.verify(&changes).await.unwrap_err(), error, "{changes}");
    }
    assert!(trust.verify(&json!({ "exp": in_seconds(-1) })).await.is_ok(), "clocks may differ a little");
}

#[tokio::test]
async fn a_token_without_a_claim_it_needs_or_with_one_that_can_not_be_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    for claim in ["sub", "exp", "aud", "iss"] {
        let refused = trust.verify(&json!({ claim: null })).await.unwrap_err();
        assert_eq!(refused, AuthError::Invalid("claims"), "{claim}");
    }
    let cases = [
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
        json!({ "sub": "ana\u{0}" }),
        json!({ "sub": "x".repeat(256) }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": -1 }),
        json!({ "nbf": "yesterday" }),
    ];
    for changes in cases {
        let refused = trust.verify(&changes).await;
        assert_eq!(refused.unwrap_err(), AuthError::Invalid("claims"), "{changes}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_signed_by_its_key_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    let claims = trust.claims(&json!({}));
    let foreign = Key::new("key-1", Algorithm::ES256).sign(&claims);
    assert_eq!(trust.verifier.verify(&foreign).await.unwrap_err(), AuthError::Invalid("signature"));

    let good = trust.key.sign(&claims);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let admin = URL_SAFE_NO_PAD.encode(trust.claims(&json!({ "role": "admin" })).to_string());
    let changed = format!("{}.{admin}.{signature}", head.split_once('.').unwrap().0);
    assert_eq!(trust.verifier.verify(&changed).await.unwrap_err(), AuthError::Invalid("signature"));
    for broken in [head.to_owned(), format!("{head}."), format!("{good}.x"), String::new(), "ana".into()] {
        assert!(matches!(trust.verifier.verify(&broken).await, Err(AuthError::Invalid(_))), "{broken}");
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_for_an_unknown_one_at_most_once_a_minute() {
    let trust = Trust::new(Algorithm::ES256).await;
    let claims = trust.claims(&json!({}));
    for _ in 0..3 {
        trust.verifier.verify(&trust.key.sign(&claims)).await.unwrap();
    }
    assert_eq!(trust.issuer.fetches(), 1);
    for kid in ["unknown", "another", ""] {
        let refused = trust.verifier.verify(&Key::new(kid, Algorithm::ES256).sign(&claims)).await;
        assert_eq!(refused.unwrap_err(), AuthError::Invalid("unknown key"));
    }
    assert_eq!(
        trust.issuer.fetches(),
        2,
        "the first unknown key had them fetched again, the others came too soon"
    );
    trust.verifier.verify(&trust.key.sign(&claims)).await.unwrap();
}

#[tokio::test]
async fn a_new_key_is_known_at_once_but_a_second_one_not_within_the_minute() {
    let trust = Trust::new(Algorithm::ES256).await;
    let claims = trust.claims(&json!({}));
    trust.verifier.verify(&trust.key.sign(&claims)).await.unwrap();
    let [second, third] = ["key-2", "key-3"].map(|kid| Key::new(kid, Algorithm::ES256));
    trust.issuer.publish(&[second.public()]);
    assert!(trust.verifier.verify(&second.sign(&claims)).await.is_ok());
    assert!(trust.verifier.verify(&trust.key.sign(&claims)).await.is_err(), "the old key is withdrawn");
    trust.issuer.publish(&[third.public()]);
    assert!(trust.verifier.verify(&third.sign(&claims)).await.is_err());
    assert_eq!(trust.issuer.fetches(), 2);
}

#[tokio::test]
async fn many_callers_at_once_fetch_the_keys_once() {
    let trust = Trust::new(Algorithm::ES256).await;
    let token = trust.key.sign(&trust.claims(&json!({})));
    let verify = || trust.verifier.verify(&token);
    let (a, b, c, d) = tokio::join!(verify(), verify(), verify(), verify());
    assert!([a, b, c, d].iter().all(Result::is_ok));
    assert_eq!(trust.issuer.fetches(), 1);
}

#[tokio::test]
async fn only_keys_for_signatures_count() {
    let trust = Trust::new(Algorithm::ES256).await;
    let mut encryption = serde_json::to_value(trust.key.public()).unwrap();
    encryption["use"] = json!("enc");
    trust.issuer.publish(&[serde_json::from_value(encryption).unwrap()]);
    assert_eq!(trust.verify(&json!({})).await.unwrap_err(), AuthError::Invalid("unknown key"));
}

#[tokio::test]
async fn a_token_that_names_no_key_is_verified_by_the_only_one() {
    let key = Key::new("key-1", Algorithm::EdDSA);
    let issuer = Issuer::with(&[&key]).await;
    let claims = issuer.claims("ana", "viewer");
    let anonymous = key.sign_without_kid(&claims);
    assert!(TokenVerifier::new(issuer.settings()).verify(&anonymous).await.is_ok());
    issuer.publish(&[key.public(), Key::new("key-2", Algorithm::EdDSA).public()]);
    let refused = TokenVerifier::new(issuer.settings()).verify(&anonymous).await;
    assert_eq!(refused.unwrap_err(), AuthError::Invalid("unknown key"));
}

#[tokio::test]
async fn without_the_issuer_nobody_is_verified_and_nobody_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    let token = trust.key.sign(&trust.claims(&json!({})));
    let known = TokenVerifier::new(trust.issuer.settings());
    known.verify(&token).await.unwrap();
    trust.issuer.stop().await;
    assert!(matches!(trust.verifier.verify(&token).await, Err(AuthError::KeysUnavailable(_))));
    assert!(known.verify(&token).await.is_ok(), "who has the keys needs no issuer");
}

#[tokio::test]
async fn the_role_is_read_from_the_claim_that_the_settings_name() {
    let trust = Trust::new(Algorithm::ES256).await;
    let settings = TokenSettings { role_claim: "cognito:groups".to_owned(), ..trust.issuer.settings() };
    let verifier = TokenVerifier::new(settings);
    let cases = [
        (json!(["admin", "viewer"]), Some(role("admin"))),
        (json!(["chefs"]), Some(role("chefs"))),
        (json!("producer"), Some(role("producer"))),
        (json!("Supply Lead"), Some(role("Supply Lead"))),
        (json!(""), None),
        (json!("x".repeat(101)), None),
        (json!([]), None),
        (json!(7), None),
        (json!({ "admin": true }), None),
        (json!([["admin"]]), None),
    ];
    for (groups, named) in cases {
        let claims = trust.claims(&json!({ "role": "admin", "cognito:groups": groups }));
        assert_eq!(verifier.verify(&trust.key.sign(&claims)).await.unwrap().role, named, "{groups}");
    }
}
