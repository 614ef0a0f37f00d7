//! How long the issuer's keys are accepted, and where they may come from.

use std::time::Duration;

use belfry_cloud::AuthError;
use jsonwebtoken::{Algorithm, jwk::Jwk};
use serde_json::json;
use tokio::time;

use crate::{support::issuer::Key, trust::Trust};

/// Advances the clock of the verifier; requests still take real time.
async fn wait(duration: Duration) {
    time::pause();
    time::advance(duration).await;
    time::resume();
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_withdrawn_key_is_believed_for_an_hour_at_most() {
    let trust = Trust::new(Algorithm::ES256).await;
    let token = trust.key.sign(&trust.claims(&json!({})));
    trust.verifier.verify(&token).await.unwrap();
    let next = Key::new("key-2", Algorithm::ES256);
    trust.issuer.publish(&[next.public()]);
    wait(59 * MINUTE).await;
    assert!(trust.verifier.verify(&token).await.is_ok());
    wait(MINUTE).await;
    assert_eq!(trust.verifier.verify(&token).await.unwrap_err(), AuthError::Invalid("unknown key"));
    assert_eq!(trust.issuer.fetches(), 2);
}

#[tokio::test]
async fn keys_that_are_good_are_fetched_once_an_hour() {
    let trust = Trust::new(Algorithm::ES256).await;
    let token = trust.key.sign(&trust.claims(&json!({})));
    for fetches in 1..=3 {
        for _ in 0..2 {
            trust.verifier.verify(&token).await.unwrap();
        }
        assert_eq!(trust.issuer.fetches(), fetches);
        wait(60 * MINUTE).await;
    }
}

#[tokio::test]
async fn while_the_issuer_is_down_its_keys_count_for_six_hours() {
    let trust = Trust::new(Algorithm::ES256).await;
    let claims = trust.claims(&json!({}));
    let token = trust.key.sign(&claims);
    trust.verifier.verify(&token).await.unwrap();
    trust.issuer.stop().await;
    wait(359 * MINUTE).await;
    assert!(trust.verifier.verify(&token).await.is_ok());
    let unknown = Key::new("key-2", Algorithm::ES256).sign(&claims);
    assert!(trust.verifier.verify(&unknown).await.is_err());
    wait(MINUTE).await;
    assert!(matches!(trust.verifier.verify(&token).await, Err(AuthError::KeysUnavailable(_))));
}

#[tokio::test]
async fn another_issuer_s_discovery_document_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    let keys = format!("{}/keys", trust.issuer.url);
    for issuer in ["https://evil.example".to_owned(), format!("{}/", trust.issuer.url)] {
        trust.issuer.discover(json!({ "issuer": issuer, "jwks_uri": keys }));
        let refused = trust.verify(&json!({})).await;
        assert!(matches!(refused, Err(AuthError::KeysUnavailable(_))), "{issuer}: {refused:?}");
    }
    trust.issuer.discover(json!({ "issuer": trust.issuer.url, "jwks_uri": keys }));
    assert!(trust.verify(&json!({})).await.is_ok());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (trust, other) = (Trust::new(Algorithm::ES256).await, Trust::new(Algorithm::ES256).await);
    trust.issuer.redirect_keys(&format!("{}/keys", other.issuer.url));
    let token = other.key.sign(&trust.claims(&json!({})));
    assert!(matches!(trust.verifier.verify(&token).await, Err(AuthError::KeysUnavailable(_))));
    assert_eq!((trust.issuer.fetches(), other.issuer.fetches()), (1, 0));
}

#[tokio::test]
async fn a_document_that_is_too_large_is_not_read_to_its_end() {
    let trust = Trust::new(Algorithm::ES256).await;
    let good = trust.key.public();
    let others = (0..2_000).map(|number| {
        let mut key: Jwk = good.clone();
        key.common.key_id = Some(format!("other-{number}"));
        key
    });
    trust.issuer.publish(&others.chain([good.clone()]).collect::<Vec<_>>());
    assert!(matches!(trust.verify(&json!({})).await, Err(AuthError::KeysUnavailable(_))));
    trust.issuer.publish(&[good]);
    assert!(trust.verify(&json!({})).await.is_ok());
}
