//! Events of other services, and broadcasts.

use belfry_cloud::{clock, directory::UserEvent};
use belfry_domain::{Audience, UserId};
use serde_json::{Value, json};

use crate::{
    scene::{READER, Scene},
    spent::Spent,
    support::{
        draft,
        operations::happened,
        role,
        sample::event,
        user,
        world::{BROADCASTS, World},
    },
};

/// An event of that sample, about the reader.
fn signal(name: &str, number: usize) -> Value {
    let mut signal = happened(&event(name));
    signal["id"] = json!(format!("17793124-05d4-b198-2fde-7ededc63{number:04}"));
    signal["detail"]["user_id"] = json!(READER);
    signal
}

/// An event that is told to its user: the first of its kind, or one that is counted into it.
pub(crate) async fn told(folds: bool) -> Spent {
    let world = World::new().await;
    if folds {
        world.signal(signal("signals-report-failed", 0)).await.unwrap();
    }
    world.spent(async { world.signal(signal("signals-report-failed", 1)).await.unwrap() }).await
}

/// An event by which the reader, whom the directory knows, has another role.
pub(crate) async fn account() -> Spent {
    let scene = Scene::new().await;
    let changed = signal("signals-user-upserted", 0);
    scene.world.spent(async { scene.world.signal(changed).await.unwrap() }).await
}

/// Ids as issuers give them.
fn users(count: usize) -> Vec<UserId> {
    (0..count).map(|number| user(&format!("{number:06}{}", &READER[6..]))).collect()
}

/// A broadcast to a thousand, from its message to its end.
pub(crate) async fn broadcast(everyone: bool) -> Spent {
    let (world, recipients) = (World::new().await, users(1_000));
    let audience = if everyone {
        let told =
            UserEvent { role: Some(Some(role("viewer"))), is_active: Some(true), ..UserEvent::default() };
        for recipient in &recipients {
            world.directory.apply_event(recipient, &told, clock::now()).await.unwrap();
        }
        Audience::Everyone
    } else {
        Audience::Users(recipients)
    };
    let id = clock::mint_notification();
    world.broadcasts.create(id, &user("admin"), &audience, &draft("admin").content).await.unwrap();
    let message = world.queues.take(BROADCASTS).pop().unwrap();
    let spent = world.spent(async { world.work(&message).await.unwrap() }).await;
    assert_eq!(world.broadcasts.progress(id).await.unwrap().unwrap().recipients, 1_000);
    spent
}

/// Taking it back from a thousand.
pub(crate) async fn recall() -> Spent {
    let (world, id) = (World::new().await, clock::mint_notification());
    let audience = Audience::Users(users(1_000));
    world.broadcasts.create(id, &user("admin"), &audience, &draft("admin").content).await.unwrap();
    world.work_off().await;
    world.broadcasts.recall(id).await.unwrap();
    let message = world.queues.take(BROADCASTS).pop().unwrap();
    world.spent(async { world.work(&message).await.unwrap() }).await
}
