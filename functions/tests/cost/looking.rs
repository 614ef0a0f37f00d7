//! Looking at an inbox.

use crate::{
    scene::{READER, Scene, succeeds},
    spent::Spent,
};

/// One look at that path, in an inbox with so many unread notifications.
pub(crate) async fn look(path: &str, unread: u32) -> Spent {
    let scene = Scene::with_unread(unread).await;
    assert_eq!(scene.unread().await, usize::try_from(unread).unwrap());
    scene.world.spent(async { succeeds(&scene.world.get(path, &scene.reader).await) }).await
}

/// One look at one notification.
pub(crate) async fn get() -> Spent {
    let (scene, path) = Scene::with_one().await;
    scene.world.spent(async { succeeds(&scene.world.get(&path, &scene.reader).await) }).await
}

/// What the first request of a user costs more than the later ones.
pub(crate) async fn first_sight() -> Spent {
    let scene = Scene::new().await;
    let token = scene.world.token(&READER.replace('3', "4"), "analyst");
    scene.world.spent(async { succeeds(&scene.world.get("/api/user/current/", &token).await) }).await
}
