//! Changing an inbox.

use belfry_cloud::clock;
use serde_json::{Value, json};

use crate::{
    scene::{Scene, succeeds},
    spent::Spent,
};

/// Does these things with one notification, and counts the last one.
pub(crate) async fn act(actions: &[&str]) -> Spent {
    let (scene, path) = Scene::with_one().await;
    let (last, before) = actions.split_last().unwrap();
    for action in before {
        succeeds(&scene.world.post(&format!("{path}{action}/"), &scene.reader).await);
    }
    let path = format!("{path}{last}/");
    scene.world.spent(async { succeeds(&scene.world.post(&path, &scene.reader).await) }).await
}

async fn send(method: &str, under: &str, body: Value) -> Spent {
    let (scene, path) = Scene::with_one().await;
    let path = format!("{path}{under}");
    let sent = async { succeeds(&scene.world.send(method, &path, &scene.reader, &body).await) };
    scene.world.spent(sent).await
}

pub(crate) async fn snooze() -> Spent {
    send("POST", "snooze/", json!({ "until": clock::now().plus_millis(3_600_000) })).await
}

pub(crate) async fn edit() -> Spent {
    send("PATCH", "", json!({ "title": "AI Report Ready - Supply Planner" })).await
}

pub(crate) async fn delete() -> Spent {
    send("DELETE", "", json!(null)).await
}

/// Marks all read, of which so many are old and so many of the last seconds.
pub(crate) async fn mark_all(old: u32, recent: u32) -> Spent {
    let scene = Scene::with_unread(old).await;
    for _ in 0..recent {
        scene.create().await;
    }
    let marking = async {
        let answer = scene.world.post("/api/notifications/mark_all_read/", &scene.reader).await;
        assert_eq!(answer.body()["marked_as_read"], old + recent);
    };
    scene.world.spent(marking).await
}

/// Opens the list, in which so many are unread.
pub(crate) async fn seen(unread: u32) -> Spent {
    let scene = Scene::with_unread(unread).await;
    let path = "/api/notifications/seen/";
    scene.world.spent(async { succeeds(&scene.world.post(path, &scene.reader).await) }).await
}
