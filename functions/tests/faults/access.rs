//! Access that ends while sockets are open, and while they open.

use std::time::Duration;

use belfry_cloud::{Accounts, ConnectionCloser, ManagementApi, auth::Profile, clock, directory::UserEvent};
use belfry_dynamo::Fault;
use futures::future::join;
use serde_json::{Value, json};

use crate::support::{
    recorder::Answer,
    role,
    sample::{event, event_with, request},
    user,
    world::World,
};

fn accounts(world: &World) -> Accounts {
    let push = ManagementApi::new(&world.direct, world.recorder.url.clone());
    Accounts::new(world.directory.clone(), ConnectionCloser::new(world.connections.clone(), push))
}

/// What happened to ana, so many milliseconds from now.
async fn note(world: &World, role_name: &str, is_active: bool, millis: i64) {
    let at = clock::now().plus_millis(millis);
    let event = UserEvent {
        profile: Some(Profile::default()),
        role: Some(Some(role(role_name))),
        is_active: Some(is_active),
    };
    accounts(world).apply_event(&user("ana"), &event, at).await.unwrap();
}

/// The opening of a socket by a token that was just issued, as far as the authorizer's word.
async fn authorized(world: &World) -> Value {
    let token = world.token_of_before("ana", "analyst", 1);
    let policy = world.authorize(event_with("ws_authorizer-cookie", &token)).await.unwrap();
    let mut event = event("ws_connect");
    event["requestContext"]["authorizer"] = policy["context"].clone();
    event
}

#[tokio::test]
async fn a_lost_role_and_deactivation_close_the_user_s_sockets_and_nobody_else_s() {
    for (role, is_active) in [("viewer", true), ("analyst", false)] {
        let world = World::new().await;
        note(&world, "analyst", true, -5_000).await;
        world.open("ana", &["ana-1", "ana-2"]).await;
        world.open("bruno", &["bruno-1"]).await;
        note(&world, role, is_active, 0).await;
        let mut closed = world.recorder.closed();
        closed.sort_unstable();
        assert_eq!(closed, ["ana-1", "ana-2"]);
        assert_eq!(world.sockets("ana").await, Vec::<String>::new());
        assert_eq!(world.sockets("bruno").await, ["bruno-1"]);
    }
}

#[tokio::test]
async fn news_of_a_user_that_takes_nothing_away_closes_nothing_nor_does_old_news() {
    let world = World::new().await;
    note(&world, "analyst", true, -5_000).await;
    world.open("ana", &["ana-1"]).await;
    note(&world, "analyst", true, -1_000).await;
    note(&world, "viewer", true, -3_000).await;
    assert_eq!(world.recorder.closed(), Vec::<String>::new());
    assert_eq!(world.sockets("ana").await, ["ana-1"]);
}

/// Events come in any order, and somebody may be unknown whose row was deleted.
#[tokio::test]
async fn a_deactivation_closes_the_sockets_also_of_who_is_active_again_or_unknown() {
    for known in [true, false] {
        let world = World::new().await;
        if known {
            note(&world, "analyst", true, -1_000).await;
        }
        world.open("ana", &["ana-1"]).await;
        let gone = UserEvent { is_active: Some(false), ..UserEvent::default() };
        accounts(&world).apply_event(&user("ana"), &gone, clock::now().plus_millis(-3_000)).await.unwrap();
        assert_eq!(world.recorder.closed(), ["ana-1"], "known: {known}");
        assert_eq!(world.sockets("ana").await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn sockets_that_could_not_be_closed_are_closed_when_the_event_comes_again() {
    let world = World::new().await;
    note(&world, "analyst", true, -5_000).await;
    world.open("ana", &["ana-1"]).await;
    let (at, ana) = (clock::now(), user("ana"));
    let gone = UserEvent { is_active: Some(false), ..UserEvent::default() };
    // The rows can't be read: the event fails and will come again.
    let through_the_wire = Accounts::new(
        world.directory.clone(),
        ConnectionCloser::new(
            belfry_cloud::Connections::new(&world.aws, belfry_dynamo::names::CONNECTIONS),
            ManagementApi::new(&world.direct, world.recorder.url.clone()),
        ),
    );
    (0..3).for_each(|_| world.wire.order("Query", Fault::Throttle));
    assert!(through_the_wire.apply_event(&ana, &gone, at).await.is_err());
    assert_eq!(world.recorder.closed(), Vec::<String>::new());
    through_the_wire.apply_event(&ana, &gone, at).await.unwrap();
    assert_eq!(world.recorder.closed(), ["ana-1"]);
}

/// The authorizer has said yes, and then access ended: the socket doesn't open.
#[tokio::test]
async fn what_ends_between_the_authorizer_and_connect_keeps_the_socket_shut() {
    let world = World::new().await;
    let opening = authorized(&world).await;
    assert_eq!(world.connect(opening.clone()).await.unwrap(), 200);
    note(&world, "analyst", false, 0).await;
    assert_eq!(world.connect(opening).await.unwrap(), 403);
    assert_eq!(world.sockets("ana").await, Vec::<String>::new());

    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let policy = world.authorize(event_with("ws_authorizer-bearer", &token)).await.unwrap();
    assert_eq!(world.api(request("DELETE", "/api/session/", &token)).await.status(), 204);
    let mut opening = event("ws_connect");
    opening["requestContext"]["authorizer"] = policy["context"].clone();
    assert_eq!(world.connect(opening).await.unwrap(), 403);
}

/// However they race: in the end no socket is registered.
#[tokio::test]
async fn a_socket_that_opens_while_access_ends_is_closed_or_refused() {
    for millis in (0..60).step_by(4) {
        let world = World::new().await;
        let opening = authorized(&world).await;
        world.wire.order("PutItem", Fault::Delay(Duration::from_millis(millis)));
        let ends = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            note(&world, "analyst", false, 0).await;
        };
        let (status, ()) = join(world.connect(opening), ends).await;
        let refused = status.unwrap() == 403;
        let left = world.sockets("ana").await;
        assert!(left.is_empty(), "after {millis} ms: {left:?}");
        assert!(refused || !world.recorder.closed().is_empty(), "after {millis} ms");
    }
}

/// The frames of a socket whose token has ended are for nobody.
#[tokio::test]
async fn a_socket_whose_token_has_ended_is_told_nothing_and_closed_at_its_next_word() {
    let world = World::new().await;
    let end = clock::now().plus_millis(1_000);
    world.connections.register(&user("ana"), "ana-1", Some(end)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    assert_eq!(world.recorder.posts(), 0);
    let mut hello = event("ws_default-hello");
    hello["requestContext"]["connectionId"] = json!("ana-1");
    hello["requestContext"]["authorizer"]["token_expires_at"] = json!(end.as_seconds().to_string());
    assert_eq!(world.frame(hello).await.unwrap(), 200);
    assert_eq!((world.recorder.posts(), world.recorder.closed()), (0, vec!["ana-1".to_owned()]));
}

/// API Gateway answers 410 to whoever closes a connection whose `$connect` has not returned.
mod opening {
    use super::*;

    const SOCKET: &str = "L0SM9cOFvHcCIhw=";

    fn hello(opening: &Value) -> Value {
        let mut hello = event("ws_default-hello");
        hello["requestContext"]["authorizer"] = opening["requestContext"]["authorizer"].clone();
        hello
    }

    /// The connection has opened in spite of everything: it hears nothing, and its first frame closes it.
    async fn is_shut_out(world: &World, opening: &Value) {
        world.recorder.mend(SOCKET);
        assert!(world.fanout(event("fanout-insert")).await.is_empty());
        assert_eq!(world.recorder.posts_to(SOCKET), 0);
        assert_eq!(world.frame(hello(opening)).await.unwrap(), 200);
        assert_eq!((world.recorder.posts_to(SOCKET), world.recorder.closed()), (0, vec![SOCKET.to_owned()]));
        assert_eq!(world.sockets("ana").await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn is_refused_where_access_ends_after_its_check() {
        let world = World::new().await;
        let opening = authorized(&world).await;
        world.recorder.answer(SOCKET, Answer::Gone);
        // The check of access is over long before the query of the user's connections.
        world.wire.order("Query", Fault::Delay(Duration::from_millis(600)));
        let ends = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            note(&world, "analyst", false, 0).await;
        };
        let (status, ()) = join(world.connect(opening.clone()), ends).await;
        assert_eq!(status.unwrap(), 403);
        is_shut_out(&world, &opening).await;
    }

    #[tokio::test]
    async fn is_shut_out_where_access_ends_after_its_last_look() {
        let world = World::new().await;
        let opening = authorized(&world).await;
        world.recorder.answer(SOCKET, Answer::Gone);
        assert_eq!(world.connect(opening.clone()).await.unwrap(), 200);
        note(&world, "analyst", false, 0).await;
        is_shut_out(&world, &opening).await;
    }

    #[tokio::test]
    async fn is_shut_out_where_its_owner_signs_out_after_its_last_look() {
        let world = World::new().await;
        let token = world.token("ana", "analyst");
        let policy = world.authorize(event_with("ws_authorizer-bearer", &token)).await.unwrap();
        let mut opening = event("ws_connect");
        opening["requestContext"]["authorizer"] = policy["context"].clone();
        world.recorder.answer(SOCKET, Answer::Gone);
        assert_eq!(world.connect(opening.clone()).await.unwrap(), 200);
        assert_eq!(world.api(request("DELETE", "/api/session/", &token)).await.status(), 204);
        is_shut_out(&world, &opening).await;
    }

    #[tokio::test]
    async fn is_told_to_come_back_where_it_was_evicted() {
        let world = World::new().await;
        let opening = authorized(&world).await;
        world.recorder.answer(SOCKET, Answer::Gone);
        assert_eq!(world.connect(opening.clone()).await.unwrap(), 200);
        for newer in ["newer-1", "newer-2", "newer-3"] {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let mut opening = opening.clone();
            opening["requestContext"]["connectionId"] = json!(newer);
            assert_eq!(world.connect(opening).await.unwrap(), 200);
        }
        let before = world.recorder.posts_to(SOCKET);
        world.recorder.mend(SOCKET);
        assert!(world.fanout(event("fanout-insert")).await.is_empty());
        assert_eq!(world.recorder.posts_to(SOCKET), before, "nothing is pushed to it");
        assert_eq!(world.frame(hello(&opening)).await.unwrap(), 200);
        assert_eq!(world.recorder.frames(SOCKET), [json!({ "type": "reconnect", "after_ms": 30_000 })]);
        assert_eq!(world.recorder.closed(), [SOCKET]);
        assert_eq!(world.sockets("ana").await, ["newer-1", "newer-2", "newer-3"]);
    }
}
