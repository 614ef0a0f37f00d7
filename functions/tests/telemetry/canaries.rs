//! No secret and nothing personal is in any log line or metric, whatever happens.

use belfry_cloud::telemetry::UserHash;
use belfry_dynamo::names;
use futures::future::join_all;

use crate::{
    capture::Capture,
    liar::{LIES, Liar},
    paths::{Walk, of_user},
    secrets::{USER, body, found, parts},
    support::{
        sample::{event, event_with, request, with_body},
        user,
        world::World,
    },
};

/// All that an operator sees of a walk.
fn seen(capture: &Capture, world: &World, walk: &Walk) -> Vec<String> {
    let mut seen = capture.take();
    seen.extend(world.measured.take_lines());
    seen.extend(world.daemon.take_datagrams());
    seen.extend(walk.errors.iter().cloned());
    seen
}

#[tokio::test]
async fn no_path_of_any_function_tells_whose_or_what_it_is_about() {
    let capture = Capture::start();
    let world = World::new().await;
    let mut walk = Walk::default();
    Box::pin(walk.api(&world)).await;
    Box::pin(walk.signals(&world)).await;
    Box::pin(walk.sockets(&world)).await;
    Box::pin(walk.stream(&world)).await;
    let seen = seen(&capture, &world, &walk);
    assert_eq!(found(&seen, &walk.secrets), Vec::<&String>::new());
    for said in [
        "rejected request",
        "rejected token",
        "failed to parse a stream record",
        "failed to post a frame",
        "rejected event",
    ] {
        assert!(seen.iter().any(|line| line.contains(said)), "nobody said: {said}");
    }
    let hash = UserHash(&user(USER)).to_string();
    assert!(seen.iter().filter(|line| line.contains(&hash)).count() > 10, "the user's lines have their hash");
}

#[tokio::test]
async fn what_a_broken_store_answers_stays_out_of_the_log() {
    let capture = Capture::start();
    let mut liar = None;
    let world = World::behind(async |database| {
        let (before, endpoint) = Liar::before(database).await;
        liar = Some(before);
        endpoint
    })
    .await;
    let liar = liar.unwrap();
    let token = world.token(USER, "admin");
    world.open(USER, &["open"]).await;
    assert_eq!(world.get("/api/user/current/", &token).await.status(), 200);
    let mut walk = Walk { secrets: parts(&token), ..Walk::default() };
    for lie in LIES {
        for table in [names::INBOX, names::CONNECTIONS, names::DIRECTORY] {
            liar.lie(table, lie);
            walk.errors.extend(Box::pin(everything(&world, &token)).await);
        }
        let seen = seen(&capture, &world, &walk);
        assert!(seen.iter().any(|line| line.contains("failed to complete a store operation")), "{lie:?}");
        assert_eq!(found(&seen, &walk.secrets), Vec::<&String>::new(), "{lie:?}");
    }
}

/// A little of everything at the same time; what came back as errors.
async fn everything(world: &World, token: &str) -> Vec<String> {
    let mut many = body();
    many.as_object_mut().unwrap().remove("user");
    many["users"] = serde_json::json!([USER, "canary-2"]);
    let api = [
        with_body(event_with("api-create", token), &body()),
        with_body(event_with("api-create-idempotent", token), &body()),
        with_body(event_with("api-create", token), &many),
        request("GET", "/api/notifications/", token),
        request("POST", "/api/notifications/mark_all_read/", token),
        request("POST", "/api/notifications/01a1d013-f088-766b-95ff-16f66f433602/archive/", token),
        request("POST", "/api/ws/ticket/", token),
        request("GET", "/api/user/current/", token),
    ];
    let fanout = {
        let mut batch = event("fanout-insert");
        batch["Records"][0]["dynamodb"]["NewImage"]["user"]["S"] = serde_json::json!(USER);
        batch
    };
    let hello = of_user("ws_default-hello");
    let (_, _, authorized, connected, framed, gone) = tokio::join!(
        join_all(api.map(|event| world.api(event))),
        world.fanout(fanout),
        world.authorize(event_with("ws_authorizer-bearer", token)),
        world.connect(of_user("ws_connect")),
        world.frame(hello),
        world.disconnect(of_user("ws_disconnect")),
    );
    let errors = [authorized.map(drop), connected.map(drop), framed.map(drop), gone.map(drop)];
    errors.into_iter().filter_map(Result::err).map(|error| format!("{error:?}")).collect()
}
