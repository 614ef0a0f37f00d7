//! Opening and closing sockets, frames, and credentials.

use serde_json::{Value, json};

use crate::{
    scene::{READER, Scene, succeeds},
    spent::Spent,
    support::sample::{event, event_of, event_with, request},
};

/// The authorizer, and then the route with its word.
async fn connect(scene: &Scene, authorizer: Value) {
    let word = scene.world.authorize(authorizer).await.unwrap();
    assert_eq!(word["policyDocument"]["Statement"][0]["Effect"], "Allow");
    let mut connect = event("ws_connect");
    connect["requestContext"]["authorizer"] = word["context"].clone();
    assert_eq!(scene.world.connect(connect).await.unwrap(), 200);
}

pub(crate) async fn connect_by_token() -> Spent {
    let scene = Scene::new().await;
    // The authorizer is a function of its own, which has the issuer's keys by now.
    let event = event_with("ws_authorizer-cookie", &scene.reader);
    scene.world.spent(connect(&scene, event)).await
}

pub(crate) async fn connect_by_ticket() -> Spent {
    let scene = Scene::new().await;
    let ticket = scene.world.post("/api/ws/ticket/", &scene.reader).await.body();
    scene.world.spent(connect(&scene, event_of(&ticket))).await
}

pub(crate) async fn disconnect() -> Spent {
    let scene = Scene::new().await;
    connect(&scene, event_with("ws_authorizer-cookie", &scene.reader)).await;
    let mut closing = event("ws_disconnect");
    closing["requestContext"]["authorizer"]["user"] = json!(READER);
    scene.world.spent(async { scene.world.disconnect(closing).await.unwrap() }).await
}

pub(crate) async fn ping() -> Spent {
    let scene = Scene::new().await;
    scene.world.spent(async { scene.world.frame(event("ws_default-ping")).await.unwrap() }).await
}

/// A hello with that cursor, and the one it is answered with.
async fn hello(scene: &Scene, cursor: Value) -> Value {
    let mut hello = event("ws_default-hello");
    hello["requestContext"]["authorizer"]["user"] = json!(READER);
    hello["body"] = json!({ "type": "hello", "cursor": cursor }).to_string().into();
    assert_eq!(scene.world.frame(hello.clone()).await.unwrap(), 200);
    let connection = hello["requestContext"]["connectionId"].as_str().unwrap();
    scene.world.recorder.frames(connection).last().unwrap()["cursor"].clone()
}

/// The samples' connection, as `$connect` leaves it.
async fn connected() -> Scene {
    let scene = Scene::new().await;
    let connection = event("ws_default-hello")["requestContext"]["connectionId"].as_str().unwrap().to_owned();
    scene.world.open(READER, &[&connection]).await;
    scene
}

pub(crate) async fn hello_first() -> Spent {
    let scene = connected().await;
    scene.world.spent(hello(&scene, Value::Null)).await
}

pub(crate) async fn hello_again() -> Spent {
    let scene = connected().await;
    let cursor = hello(&scene, Value::Null).await;
    scene.world.spent(hello(&scene, cursor)).await
}

pub(crate) async fn ticket() -> Spent {
    let scene = Scene::new().await;
    scene.world.spent(async { succeeds(&scene.world.post("/api/ws/ticket/", &scene.reader).await) }).await
}

pub(crate) async fn sign_out() -> Spent {
    let scene = Scene::new().await;
    let event = request("DELETE", "/api/session/", &scene.reader);
    scene.world.spent(async { succeeds(&scene.world.api(event).await) }).await
}
