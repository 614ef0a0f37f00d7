//! probe
#![allow(clippy::unwrap_used)]
mod support;
use std::time::Duration;
use belfry_dynamo::Fault;
use support::{draft, left::{Left, OLD}, store::Store, user, issuer::{Issuer, Key}};
#[tokio::test]
async fn bug_restamp_lost() {
    let store = Store::new().await;
    store.wire.order("PutItem", Fault::Delay(Duration::from_millis(2050)));
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    let created = store.inbox.create(draft("ana", "Late")).await.unwrap();
    eprintln!("B returned {} stored {}", created.state, store.state(&user("ana"), created.id).await);
}
#[tokio::test]
async fn bug_mark_all_count() {
    let store = Store::new().await;
    let ana = user("ana");
    store.insert(Left::unread(OLD).of("ana")).await;
    store.wire.order("UpdateItem", Fault::LoseAnswer);
    eprintln!("C marked {}", store.inbox.mark_all_read(&ana).await.unwrap());
}
#[tokio::test]
async fn empty_keyset() {
    let issuer = Issuer::with(&[]).await;
    let key = Key::new("k", jsonwebtoken::Algorithm::EdDSA);
    let v = belfry_cloud::TokenVerifier::new(issuer.settings());
    for _ in 0..5 { let _ = v.verify(&key.sign(&issuer.claims("ana", "x"))).await; }
    eprintln!("F empty key set: {} fetches for 5 tokens", issuer.fetches());
}
#[tokio::test]
async fn float_exp() {
    let key = Key::new("k", jsonwebtoken::Algorithm::EdDSA);
    let issuer = Issuer::with(&[&key]).await;
    let v = belfry_cloud::TokenVerifier::new(issuer.settings());
    let mut c = issuer.claims("ana", "viewer");
    c["exp"] = serde_json::json!(c["exp"].as_f64().unwrap() + 0.5);
    eprintln!("G float exp: {:?}", v.verify(&key.sign(&c)).await.map(|c| c.expires_at));
}
