//! Sending, and what it sets off.

use serde_json::{Value, json};

use crate::{
    scene::{READER, Scene, succeeds},
    spent::Spent,
    support::sample::{event, with_header},
};

fn to_reader(body: &mut Value) {
    body["user"] = json!(READER);
}

fn to_hundred(body: &mut Value) {
    body.as_object_mut().unwrap().remove("user");
    body["users"] = (0..100).map(|number| format!("{number:04}{}", &READER[4..])).collect();
}

pub(crate) async fn one() -> Spent {
    let scene = Scene::new().await;
    let event = scene.sending(to_reader);
    scene.world.spent(async { succeeds(&scene.world.api(event).await) }).await
}

/// The first time, and another one.
pub(crate) async fn by_key(again: bool) -> Spent {
    let scene = Scene::new().await;
    let event =
        with_header(scene.sending(to_reader), "idempotency-key", "0a5dfb1c-6f3e-4b51-9c8e-2f7d5e6a1b34");
    if again {
        scene.world.api(event.clone()).await;
    }
    scene.world.spent(async { succeeds(&scene.world.api(event).await) }).await
}

pub(crate) async fn to_many(by_key: bool) -> Spent {
    let scene = Scene::new().await;
    let mut event = scene.sending(to_hundred);
    if by_key {
        event = with_header(event, "idempotency-key", "0a5dfb1c-6f3e-4b51-9c8e-2f7d5e6a1b34");
    }
    scene.world.spent(async { succeeds(&scene.world.api(event).await) }).await
}

/// One record of the stream, for a user with that many sockets and that many unread notifications beside.
pub(crate) async fn fanout(sockets: usize, unread: u32) -> Spent {
    let scene = Scene::with_unread(unread).await;
    let id = scene.create().await;
    let image = serde_dynamo::Item::from(scene.stored(&id).await);
    let mut batch = event("fanout-insert");
    let change = &mut batch["Records"][0]["dynamodb"];
    change["NewImage"] = serde_json::to_value(image).unwrap();
    change["Keys"]["user"]["S"] = json!(READER);
    for number in 0..sockets {
        // As API Gateway names them.
        scene.world.open(READER, &[&format!("L0SM9cOFvHcCI{number:02}=")]).await;
    }
    scene.world.spent(async { assert!(scene.world.fanout(batch).await.is_empty()) }).await
}
