//! Open sockets and revoked tokens.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod support;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::{Connections, Directory, TokenVerifier, clock};
use belfry_domain::Timestamp;
use belfry_dynamo::names;
use jsonwebtoken::Algorithm;
use support::{
    issuer::{Issuer, Key},
    store::{Store, attributes, operations, strong},
    user,
};

/// How long a socket's row lives, in seconds.
const LIFETIME: i64 = (2 * 60 + 10) * 60;

#[tokio::test]
async fn a_socket_is_registered_until_its_token_ends_or_two_hours_and_ten_minutes_have_passed() {
    let store = Store::new().await;
    let connections = Connections::new(&store.aws, names::CONNECTIONS);
    let now = clock::now();
    let soon = Timestamp::from_millis((now.as_seconds() + 600) * 1000);
    connections.register(&user("ana"), "short", Some(soon)).await.unwrap();
    connections.register(&user("ana"), "long", Some(now.plus_millis(24 * 60 * 60 * 1000))).await.unwrap();
    connections.register(&user("ana"), "plain", None).await.unwrap();
    let mut rows = connections.of(&user("ana")).await.unwrap();
    rows.sort_by_key(|row| row.expires_at);
    assert_eq!((rows[0].connection.as_str(), rows[0].expires_at), ("short", soon.as_seconds()));
    let end = now.as_seconds() + LIFETIME;
    for row in &rows[1..] {
        assert!((end..=clock::now().as_seconds() + LIFETIME).contains(&row.expires_at), "{row:?}");
        assert!((now.as_millis()..=clock::now().as_millis()).contains(&row.connected_at), "{row:?}");
    }
}

#[tokio::test]
async fn registering_twice_is_registering_once_and_forgetting_twice_is_forgetting_once() {
    let store = Store::new().await;
    let connections = Connections::new(&store.aws, names::CONNECTIONS);
    for _ in 0..2 {
        connections.register(&user("ana"), "socket", None).await.unwrap();
    }
    assert_eq!(connections.of(&user("ana")).await.unwrap().len(), 1);
    for _ in 0..2 {
        connections.remove(&user("ana"), "socket").await.unwrap();
    }
    assert_eq!(connections.of(&user("ana")).await.unwrap(), []);
}

#[tokio::test]
async fn only_the_users_own_living_sockets_are_found_by_one_strong_read() {
    let store = Store::new().await;
    let connections = Connections::new(&store.aws, names::CONNECTIONS);
    connections.register(&user("ana"), "open", None).await.unwrap();
    connections.register(&user("bruno"), "his", None).await.unwrap();
    let past = clock::now().plus_millis(-1_000);
    connections.register(&user("ana"), "over", Some(past)).await.unwrap();
    let (calls, rows) = store.calls_of(connections.of(&user("ana"))).await;
    let rows = rows.unwrap();
    assert_eq!(rows.iter().map(|row| row.connection.as_str()).collect::<Vec<_>>(), ["open"]);
    assert_eq!(operations(&calls), ["Query"]);
    assert!(strong(&calls));
}

#[tokio::test]
async fn a_revoked_token_is_known_by_its_hash_alone_until_it_would_have_ended() {
    let store = Store::new().await;
    let key = Key::new("1", Algorithm::ES256);
    let issuer = Issuer::with(&[&key]).await;
    let verifier = TokenVerifier::new(issuer.settings());
    let token = key.sign(&issuer.claims("ana", "viewer"));
    let caller = verifier.verify(&token).await.unwrap();
    let other = verifier.verify(&key.sign(&issuer.claims("ana", "admin"))).await.unwrap();

    let directory = Directory::new(&store.aws, names::DIRECTORY);
    assert!(!directory.is_revoked(&caller.token).await.unwrap());
    directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    let (calls, revoked) = store.calls_of(directory.is_revoked(&caller.token)).await;
    assert!(revoked.unwrap() && strong(&calls));
    assert!(!directory.is_revoked(&other.token).await.unwrap());

    let rows = store.raw.scan().table_name(names::DIRECTORY).send().await.unwrap().items.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(attributes(&rows[0]), ["entity", "expires_at", "record"]);
    assert_eq!(rows[0]["expires_at"], AttributeValue::N(caller.expires_at.as_seconds().to_string()));
    assert_eq!(rows[0]["entity"], AttributeValue::S(format!("token#{}", caller.token)));
    let signature = token.rsplit('.').next().unwrap();
    assert!(!format!("{rows:?}{caller:?}").contains(signature));
}
