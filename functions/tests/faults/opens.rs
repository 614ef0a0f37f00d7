//! Random histories of connections that open while access ends: nothing reaches whoever has no access any more, and
//! whoever has access is closed or hears everything once they have said hello.

use std::time::Duration;

use belfry_cloud::clock;
use belfry_dynamo::Fault;
use fastrand::Rng;
use futures::{StreamExt, future::join_all, stream};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{
    people::UserEvent,
    recorder::Answer,
    sample::{event, event_with, request, with_body},
    world::World,
};

const SEEDS: u64 = 24;

/// How many histories run at the same time.
const CONCURRENT: usize = 4;

/// More connections than a user may have.
const SOCKETS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// What happens while they open.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Deactivation,
    SignOut,
    OtherRole,
    Nothing,
}

impl Happens {
    fn ends_access(self) -> bool {
        matches!(self, Self::Deactivation | Self::SignOut)
    }

    async fn happen(self, world: &World, token: &str) {
        match self {
            Self::Deactivation | Self::OtherRole => {
                let mut happened = event(match self {
                    Self::Deactivation => "signals-user-deactivated",
                    _ => "signals-role-changed",
                });
                happened["detail"]["user_id"] = json!("ana");
                world.signal(crate::support::operations::happened(&happened)).await.unwrap();
            }
            Self::SignOut => {
                assert_eq!(world.api(request("DELETE", "/api/session/", token)).await.status(), 204);
            }
            Self::Nothing => {}
        }
    }
}

fn on_socket(name: &str, socket: &str, authorizer: &Value) -> Value {
    let mut event = event(name);
    event["requestContext"]["connectionId"] = json!(socket);
    event["requestContext"]["authorizer"] = authorizer.clone();
    event["requestContext"]["connectedAt"] = json!(clock::now().as_millis());
    event
}

fn millis(rng: &mut Rng, most: u64) -> Duration {
    Duration::from_millis(rng.u64(..most))
}

async fn live(seed: u64) {
    let (world, mut rng) = (World::new().await, Rng::with_seed(seed));
    let happens =
        [Happens::Deactivation, Happens::SignOut, Happens::OtherRole, Happens::Nothing][rng.usize(..4)];
    world.apply_event("ana", UserEvent { role: Some("analyst"), is_active: true, ago: 60 }).await;
    let token = world.token_of_before("ana", "analyst", 5);
    let policy = world.authorize(event_with("ws_authorizer-bearer", &token)).await.unwrap();
    for operation in ["PutItem", "BatchGetItem", "BatchGetItem", "Query", "GetItem", "UpdateItem"] {
        world.wire.order(operation, Fault::Delay(millis(&mut rng, 120)));
    }
    let opens = SOCKETS.map(|socket| {
        let (before, after) = (millis(&mut rng, 60), millis(&mut rng, 60));
        let (world, authorizer) = (&world, &policy["context"]);
        world.recorder.answer(socket, Answer::Gone);
        async move {
            sleep(before).await;
            let opens = world.connect(on_socket("ws_connect", socket, authorizer)).await.unwrap() == 200;
            sleep(after).await;
            opens.then(|| world.recorder.mend(socket)).map(|()| socket)
        }
    });
    let before = millis(&mut rng, 120);
    let ends = async {
        sleep(before).await;
        happens.happen(&world, &token).await;
    };
    let (opened, ()) = tokio::join!(join_all(opens), ends);
    let opened: Vec<_> = opened.into_iter().flatten().collect();
    let context = format!("seed {seed}, {happens:?}, opened {opened:?}");

    let heard = |socket: &str, kind: &str| {
        world.recorder.frames(socket).iter().filter(|frame| frame["type"] == kind).count()
    };
    if happens.ends_access() {
        assert!(world.fanout(event("fanout-insert")).await.is_empty());
        assert!(opened.iter().all(|socket| heard(socket, "notification") == 0), "{context}");
    }
    for socket in &opened {
        if !world.recorder.closed().iter().any(|closed| closed == socket) {
            let hello = json!({ "type": "hello", "cursor": null });
            let hello = with_body(on_socket("ws_default-hello", socket, &policy["context"]), &hello);
            assert_eq!(world.frame(hello).await.unwrap(), 200, "{context}");
        }
    }
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    let closed = world.recorder.closed();
    for socket in &opened {
        let is_closed = closed.iter().any(|closed| closed == socket);
        let (welcomes, rings) = (heard(socket, "welcome"), heard(socket, "notification"));
        if happens.ends_access() {
            assert_eq!((is_closed, welcomes, rings), (true, 0, 0), "{socket}: {context}");
        } else {
            assert!(is_closed || (welcomes, rings) == (1, 1), "{socket}: {welcomes}, {rings}, {context}");
        }
    }
}

#[tokio::test]
async fn every_history_keeps_strangers_out_and_owners_in() {
    let seeds = match std::env::var("BELFRY_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..=seed,
        None => 1..=SEEDS,
    };
    stream::iter(seeds).for_each_concurrent(CONCURRENT, |seed| Box::pin(live(seed))).await;
}
