//! Open sockets.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod support;

use belfry_cloud::{Connections, clock, connections::Closing};
use belfry_domain::Timestamp;
use belfry_dynamo::names;
use support::{
    store::{Store, operations, strong},
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

mod marked {
    use super::*;

    #[tokio::test]
    async fn is_left_out_and_stays_so_whoever_registers_it_late() {
        let store = Store::new().await;
        let connections = Connections::new(&store.aws, names::CONNECTIONS);
        let ana = user("ana");
        assert!(connections.register(&ana, "socket", None).await.unwrap());
        let row = connections.get(&ana, "socket").await.unwrap().unwrap();
        connections.mark(&row, Closing::Evicted).await.unwrap();
        connections.mark(&row, Closing::Access).await.unwrap();
        assert_eq!(connections.of(&ana).await.unwrap(), []);
        assert!(!connections.register(&ana, "socket", None).await.unwrap());
        assert!(!connections.restore(&ana, "socket", clock::now(), None).await.unwrap());
        let all = connections.all_of(&ana).await.unwrap();
        assert_eq!(all.iter().map(|row| row.closing).collect::<Vec<_>>(), [Some(Closing::Evicted)]);
    }

    #[tokio::test]
    async fn brings_back_no_row_that_is_gone() {
        let store = Store::new().await;
        let connections = Connections::new(&store.aws, names::CONNECTIONS);
        let ana = user("ana");
        connections.register(&ana, "socket", None).await.unwrap();
        let row = connections.get(&ana, "socket").await.unwrap().unwrap();
        connections.remove(&ana, "socket").await.unwrap();
        connections.mark(&row, Closing::Access).await.unwrap();
        assert_eq!(connections.get(&ana, "socket").await.unwrap(), None);
    }
}
