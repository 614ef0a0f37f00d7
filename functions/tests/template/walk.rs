//! Every path of every function, walked once.

use std::{collections::BTreeSet, time::Duration};

use belfry_cloud::{TokenVerifier, clock, connections::Closing};
use belfry_domain::{Action, Audience, Role, UserId, text::Topic};
use serde_json::json;

use crate::support::{
    draft,
    operations::{documented, happened, operations},
    people::UserEvent,
    recorder::Answer,
    sample::{batch, event, event_of, event_with, names, with_header},
    world::{BROADCASTS, World},
};

pub(crate) async fn walk(bin: &str, world: &World) {
    match bin {
        "api" => walk_api(world).await,
        "broadcast" => walk_broadcast(world).await,
        "fanout" => walk_fanout(world).await,
        "signals" => walk_signals(world).await,
        "ws_authorizer" => walk_authorizer(world).await,
        "ws_connect" => walk_connect(world).await,
        "ws_disconnect" => assert_eq!(world.disconnect(event("ws_disconnect")).await.unwrap(), 200),
        "ws_default" => {
            walk_frames(world).await;
        }
        unknown => panic!("nobody walks {unknown}"),
    }
}

async fn walk_api(world: &World) {
    let admin = world.token("admin", "admin");
    for event in [
        event_with("api-create", &admin),
        event_with("api-create-idempotent", &admin),
        event_with("api-create-users", &admin),
        with_header(event_with("api-create-users", &admin), "idempotency-key", "plan-47"),
    ] {
        assert_eq!(world.api(event).await.status(), 201);
    }
    world.open("admin", &["open"]).await;
    let denied = happened(&event("signals-permission-denied"));
    assert_eq!(world.send("POST", "/api/events/", &admin, &denied).await.status(), 200);
    let mut left = documented(world).await;
    let id = world.create_own(&admin).await;
    for operation in operations() {
        let answer = world.api(operation.event(&id, &admin)).await;
        assert!(answer.status() < 300, "{operation:?}: {answer:?}");
        assert!(left.remove(&operation.name()), "{operation:?} is not documented");
    }
    assert_eq!(left, BTreeSet::new(), "documented and not walked");
}

/// Every signal, to people who are there, and what nobody understands.
async fn walk_signals(world: &World) {
    world.apply_event("admin", UserEvent { role: Some("admin"), is_active: true, ago: 60 }).await;
    world.open("ana", &["open"]).await;
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: true, ago: 60 }).await;
    for name in names().iter().filter(|name| name.starts_with("signals-")) {
        let signal = happened(&event(name));
        world.signal(signal.clone()).await.unwrap();
        world.signal(signal).await.unwrap();
    }
    // The same denial again is counted into the first.
    let mut denied = happened(&event("signals-permission-denied"));
    denied["id"] = json!("another");
    world.signal(denied).await.unwrap();
}

/// Every kind of audience, then another content, then nothing at all; and a page that is told again.
async fn walk_broadcast(world: &World) {
    let ana: UserId = "ana".to_owned().try_into().unwrap();
    world.apply_event("ana", UserEvent { role: Some("viewer"), is_active: true, ago: 60 }).await;
    let topic: Topic = "deploys".to_owned().try_into().unwrap();
    world.directory.subscribe(&ana, &topic).await.unwrap();
    let role = Role::try_from("viewer".to_owned()).unwrap();
    let content = draft("ana").content;
    for audience in
        [Audience::Role(role), Audience::Topic(topic), Audience::Everyone, Audience::Users(vec![ana.clone()])]
    {
        let id = clock::mint_notification();
        // Somebody has told her already: what is inserted is found there.
        world.inbox.create_as(id.derive_for_broadcast_user(&ana), draft("ana")).await.unwrap();
        world.broadcasts.create(id, &ana, &audience, &content).await.unwrap();
        world.work_off().await;
        let broadcast = world.broadcasts.get(id).await.unwrap().unwrap();
        let mut other = content.clone();
        other.title = "Another".to_owned().try_into().unwrap();
        assert!(world.broadcasts.edit(&broadcast, &other).await.unwrap());
        world.work_off().await;
        world.broadcasts.recall(id).await.unwrap();
        world.work_off().await;
    }
    // The time of an invocation is up before the work is.
    world.queues.take(BROADCASTS);
    let id = clock::mint_notification();
    world.broadcasts.create(id, &ana, &Audience::Everyone, &content).await.unwrap();
    world.work_hurried(&world.queues.take(BROADCASTS)[0]).await;
}

/// All kinds of news to an open socket, and to one that has left.
pub(crate) async fn walk_fanout(world: &World) {
    world.open("ana", &["open"]).await;
    world.opened_ago("ana", "left", 60).await;
    world.recorder.answer("left", Answer::Gone);
    let all = ["fanout-insert", "fanout-read", "fanout-read-all", "fanout-delete", "fanout-poison"];
    world.fanout(batch(&all)).await;
    assert_eq!(world.sockets("ana").await, ["open"]);
}

/// One socket more than a user may have.
async fn walk_connect(world: &World) {
    world.open("ana", &["1", "2", "3"]).await;
    assert_eq!(world.connect(event("ws_connect")).await.unwrap(), 200);
    assert_eq!(world.recorder.closed().len(), 1);
}

/// Every frame of a client, to an inbox in which something is due.
async fn walk_frames(world: &World) {
    let ana = "ana".to_owned().try_into().unwrap();
    let sleeper = world.inbox.create(draft("ana")).await.unwrap().id;
    let soon = clock::now().plus_millis(30);
    world.inbox.act(&ana, sleeper, Action::Snooze(soon)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    for name in ["ws_default-ping", "ws_default-array", "ws_default-hello", "ws_default-seen"] {
        assert_eq!(world.frame(event(name)).await.unwrap(), 200, "{name}");
    }
    let mut resumed = event("ws_default-hello");
    let cursor = world
        .recorder
        .frames("L0SM9cOFvHcCIhw=")
        .into_iter()
        .find_map(|frame| frame["cursor"].as_str().map(str::to_owned));
    resumed["body"] = json!({ "type": "hello", "cursor": cursor.unwrap() }).to_string().into();
    // So many changes were missed that the resume is counted.
    for _ in 0..3 {
        let drafts = vec![draft("ana"); 100];
        assert!(world.inbox.create_many(drafts).await.iter().all(Result::is_ok));
    }
    assert_eq!(world.frame(resumed).await.unwrap(), 200);
    // A marked socket, which is closed.
    let marked = world.connections.get(&ana, "L0SM9cOFvHcCIhw=").await.unwrap().unwrap();
    world.connections.mark(&marked, Closing::Evicted).await.unwrap();
    assert_eq!(world.frame(event("ws_default-seen")).await.unwrap(), 200);
    let mut ended = event("ws_default-ping");
    ended["requestContext"]["authorizer"]["token_expires_at"] = json!("1");
    assert_eq!(world.frame(ended).await.unwrap(), 200);
}

async fn walk_authorizer(world: &World) {
    let token = world.token("ana", "analyst");
    for name in ["ws_authorizer-bearer", "ws_authorizer-cookie", "ws_authorizer-foreign-origin"] {
        world.authorize(event_with(name, &token)).await.unwrap();
    }
    let caller = TokenVerifier::new(world.issuer.settings()).verify(&token).await.unwrap();
    let ticket = world.directory.issue_ticket(&caller).await.unwrap().secret;
    world.authorize(event_of(&json!({ "ticket": ticket }))).await.unwrap();
    for name in ["ws_authorizer-no-credential", "ws_authorizer-unknown-ticket"] {
        world.authorize(event(name)).await.unwrap_err();
    }
}
