//! `$connect`, `$disconnect` and the frames of a client.

use belfry_cloud::clock;
use belfry_dynamo::names;
use serde_json::{Value, json};

use crate::support::{
    people::UserEvent,
    recorder::Answer,
    sample::{event, request},
    user,
    world::World,
};

/// The socket of the samples.
const SOCKET: &str = "L0SM9cOFvHcCIhw=";

/// How long a row lives at most, in seconds.
const LIFETIME: i64 = (2 * 60 + 10) * 60;

/// `$connect` with that end of the token.
fn connect_until(end: &Value) -> Value {
    let mut event = event("ws_connect");
    event["requestContext"]["authorizer"]["token_expires_at"] = end.clone();
    event
}

#[tokio::test]
async fn connecting_registers_the_socket_until_its_token_ends() {
    let end = clock::now().as_seconds() + 600;
    // API Gateway makes text of numbers; emulators may not.
    for end_in_context in [json!(end.to_string()), json!(end)] {
        let world = World::new().await;
        assert_eq!(world.connect(connect_until(&end_in_context)).await.unwrap(), 200);
        let rows = world.connections.of(&user("ana")).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].connection.as_str(), rows[0].expires_at), (SOCKET, end));
        let mut operations = world.operations();
        operations[1..].sort_unstable();
        assert_eq!(operations, ["PutItem", "BatchGetItem", "GetItem", "Query"]);
        assert_eq!(world.recorder.closed(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn above_the_limit_the_oldest_socket_is_told_and_closed() {
    let world = World::new().await;
    for (connection, seconds) in [("youngest", 10), ("oldest", 30), ("middle", 20)] {
        world.opened_ago("ana", connection, seconds).await;
    }
    world.opened_ago("bruno", "bruno's", 40).await;
    assert_eq!(world.connect(connect_until(&json!("4102444800"))).await.unwrap(), 200);
    assert_eq!(world.recorder.frames("oldest"), [json!({ "type": "reconnect", "after_ms": 30_000 })]);
    assert_eq!(world.recorder.closed(), ["oldest"]);
    assert_eq!(world.sockets("ana").await, [SOCKET, "middle", "youngest"]);
    assert_eq!(world.sockets("bruno").await, ["bruno's"]);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let world = World::new().await;
    let mut late = event("ws_default-hello");
    late["requestContext"]["authorizer"]["token_expires_at"] = json!(clock::now().as_seconds().to_string());
    assert_eq!(world.frame(late).await.unwrap(), 200);
    assert_eq!(world.recorder.closed(), [SOCKET]);
    assert_eq!((world.recorder.posts(), world.operations()), (0, Vec::new()));
}

#[tokio::test]
async fn signing_out_closes_all_sockets_of_that_user() {
    let world = World::new().await;
    world.open("ana", &["1", "2"]).await;
    world.open("bruno", &["3"]).await;
    let token = world.token("ana", "analyst");
    assert_eq!(world.api(request("DELETE", "/api/session/", &token)).await.status(), 204);
    let mut closed = world.recorder.closed();
    closed.sort_unstable();
    assert_eq!(closed, ["1", "2"]);
    assert_eq!(world.sockets("ana").await, Vec::<String>::new());
    assert_eq!(world.sockets("bruno").await, ["3"]);
}

#[tokio::test]
async fn a_long_lived_token_registers_for_two_hours_and_ten_minutes() {
    let world = World::new().await;
    let before = clock::now().as_seconds();
    let far = json!((before + 24 * 60 * 60).to_string());
    assert_eq!(world.connect(connect_until(&far)).await.unwrap(), 200);
    let rows = world.connections.of(&user("ana")).await.unwrap();
    let ends = before + LIFETIME..=clock::now().as_seconds() + LIFETIME;
    assert!(ends.contains(&rows[0].expires_at));
}

#[tokio::test]
async fn without_the_authorizers_word_nothing_is_registered() {
    let world = World::new().await;
    for broken in [json!({}), json!({ "user": "" }), json!({ "user": 7 }), json!({ "principalId": "ana" })] {
        let mut event = event("ws_connect");
        event["requestContext"]["authorizer"] = broken;
        assert!(world.connect(event).await.is_err());
    }
    assert_eq!(world.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_socket_that_can_not_be_registered_is_refused() {
    let world = World::refusing(names::CONNECTIONS).await;
    assert!(world.connect(event("ws_connect")).await.is_err());
}

#[tokio::test]
async fn disconnecting_forgets_that_socket_of_that_user_only() {
    let world = World::new().await;
    world.open("ana", &[SOCKET, "another"]).await;
    world.open("bruno", &[SOCKET]).await;
    assert_eq!(world.disconnect(event("ws_disconnect")).await.unwrap(), 200);
    assert_eq!(world.sockets("ana").await, ["another"]);
    assert_eq!(world.sockets("bruno").await, [SOCKET]);
    assert_eq!(world.disconnect(event("ws_disconnect")).await.unwrap(), 200, "gone already");
}

#[tokio::test]
async fn a_ping_is_answered_by_a_pong_on_the_same_socket() {
    let world = World::new().await;
    assert_eq!(world.frame(event("ws_default-ping")).await.unwrap(), 200);
    assert_eq!(world.recorder.frames(SOCKET), [json!({ "type": "pong" })]);
    assert_eq!((world.recorder.posts(), world.operations()), (1, Vec::new()));
}

#[tokio::test]
async fn a_frame_that_is_not_understood_is_answered_by_an_error_frame() {
    for (name, code) in [
        ("ws_default-array", "no_type"),
        ("ws_default-not-json", "not_json"),
        ("ws_default-unknown-type", "unknown_type"),
    ] {
        let world = World::new().await;
        assert_eq!(world.frame(event(name)).await.unwrap(), 200, "the socket lives on");
        let frames = world.recorder.frames(SOCKET);
        assert_eq!(frames.len(), 1, "{name}");
        assert_eq!((&frames[0]["type"], &frames[0]["code"]), (&json!("error"), &json!(code)));
        let sent = event(name)["body"].as_str().unwrap().to_owned();
        assert!(frames[0]["detail"].as_str().is_some_and(|detail| !detail.contains(&sent)));
    }
}

#[tokio::test]
async fn an_empty_frame_is_answered_too() {
    let world = World::new().await;
    let mut event = event("ws_default-ping");
    event.as_object_mut().unwrap().remove("body");
    assert_eq!(world.frame(event).await.unwrap(), 200);
    assert_eq!(world.recorder.frames(SOCKET)[0]["code"], "not_json");
}

#[tokio::test]
async fn a_client_that_has_left_needs_no_reply_and_one_that_can_not_be_reached_is_an_error() {
    let world = World::new().await;
    world.recorder.answer(SOCKET, Answer::Gone);
    assert_eq!(world.frame(event("ws_default-ping")).await.unwrap(), 200);
    world.recorder.answer(SOCKET, Answer::Forbidden);
    assert!(world.frame(event("ws_default-ping")).await.is_err());
}

mod missing_row {
    use super::*;

    #[tokio::test]
    async fn is_put_back_by_a_hello() {
        let world = World::new().await;
        let end = clock::now().as_seconds() + 600;
        let mut hello = event("ws_default-hello");
        hello["requestContext"]["authorizer"]["token_expires_at"] = json!(end.to_string());
        hello["requestContext"]["connectedAt"] = json!(clock::now().as_millis() - 60_000);
        assert_eq!(world.frame(hello.clone()).await.unwrap(), 200);
        let rows = world.connections.of(&user("ana")).await.unwrap();
        assert_eq!((rows[0].connection.as_str(), rows[0].expires_at), (SOCKET, end));
        assert_eq!(rows[0].connected_at, hello["requestContext"]["connectedAt"].as_i64().unwrap());
        assert_eq!(world.recorder.frames(SOCKET)[0]["type"], "welcome");
        assert!(world.fanout(event("fanout-insert")).await.is_empty());
        assert_eq!(world.recorder.posts_to(SOCKET), 2, "it hears again");
    }

    #[tokio::test]
    async fn is_not_put_back_for_who_has_no_access() {
        for frame in ["ws_default-hello", "ws_default-seen"] {
            let world = World::new().await;
            world.apply_event("ana", UserEvent { role: None, is_active: false, ago: 60 }).await;
            assert_eq!(world.frame(event(frame)).await.unwrap(), 200);
            assert_eq!((world.recorder.posts(), world.recorder.closed()), (0, vec![SOCKET.to_owned()]));
            assert_eq!(world.size(names::CONNECTIONS).await, 0);
            let read = world.operations().iter().any(|name| name == "UpdateItem" || name == "Query");
            assert!(!read, "{frame}: the inbox is not touched");
        }
    }
}
