//! The lines that the functions' own binaries print, with everything that the runtime says around them.

use belfry_cloud::telemetry::UserHash;
use serde_json::{Value, json};

use crate::{
    lambda::{Invocation, lines},
    paths::of_user,
    secrets::{USER, body, found, parts},
    spoilt,
    support::{
        recorder::Answer,
        sample::{event, event_with, request, with_body},
        stream::Stream,
        user,
        world::World,
    },
};

const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

fn invocation(request_id: &'static str, event: Value) -> Invocation {
    Invocation { request_id, trace: TRACE, event }
}

/// The lines, understood; each is of that function and of an invocation, as an operator looks for it.
fn understood(lines: &[String]) -> Vec<Value> {
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert!(line["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
        if line.get("_aws").is_none() {
            assert_eq!((&line["function"], &line["xrayTraceId"]), (&json!("the-function"), &json!(TRACE)));
            assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        }
    }
    lines
}

#[tokio::test]
async fn the_api_says_one_line_for_what_is_worth_it_with_request_function_and_user() {
    let world = World::new().await;
    let token = world.token(USER, "admin");
    let events = vec![
        invocation("created", with_body(event_with("api-create", &token), &body())),
        invocation("read", request("GET", "/api/notifications/", &token)),
        invocation("missing", request("GET", "/api/notifications/canary/", &token)),
        invocation("nobody", event("api-no-token")),
    ];
    let lines = lines(&world, env!("CARGO_BIN_EXE_api"), "", events).await;
    assert_eq!(found(&lines, &parts(&token)), Vec::<&String>::new());
    let lines = understood(&lines);
    let [created, missing, nobody] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&created["requestId"], &created["NotificationsCreated"]), (&json!("created"), &json!(1)));
    assert_eq!(created["FunctionName"], "the-function");
    let hash = json!(UserHash(&user(USER)).to_string());
    for (line, id, status, user) in [(missing, "missing", 404, &hash), (nobody, "nobody", 401, &Value::Null)]
    {
        assert_eq!((&line["requestId"], &line["status"], &line["user"]), (&json!(id), &json!(status), user));
        assert_eq!((&line["message"], &line["level"]), (&json!("rejected request"), &json!("INFO")));
    }
}

#[tokio::test]
async fn a_frame_s_failure_is_told_by_the_runtime_and_no_level_tells_the_frame() {
    let world = World::new().await;
    let hello = |id, cursor: &str| {
        let mut hello = of_user("ws_default-hello");
        hello["body"] = json!({ "type": "hello", "cursor": cursor }).to_string().into();
        invocation(id, hello)
    };
    let mut broken = of_user("ws_default-ping");
    broken["requestContext"]["connectionId"] = json!("broken");
    world.recorder.answer("broken", Answer::Forbidden);
    let events = vec![hello("lost", "canary"), invocation("broken", broken)];
    let lines = lines(&world, env!("CARGO_BIN_EXE_ws_default"), "TRACE", events).await;
    assert_eq!(found(&lines, &[]), Vec::<&String>::new());
    let lines = understood(&lines);
    let [lost, broken] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&lost["requestId"], &lost["ResumedNotRecovered"]), (&json!("lost"), &json!(1)));
    assert_eq!((&broken["requestId"], &broken["level"]), (&json!("broken"), &json!("ERROR")));
    assert!(broken["message"].as_str().unwrap().contains("ForbiddenException"), "{broken}");
}

#[tokio::test]
async fn the_fan_out_tells_x_ray_and_never_what_it_could_not_read() {
    let world = World::new().await;
    let mut stream = Stream::of(&world).await;
    world.open(USER, &["open"]).await;
    let token = world.token("sender", "producer");
    let create = with_body(event_with("api-create", &token), &body());
    assert_eq!(world.api_traced(create, Some(TRACE)).await.status(), 201);
    let events = vec![
        invocation("rung", json!({ "Records": stream.records().await })),
        invocation("spoilt", spoilt::batch()),
    ];
    let lines = lines(&world, env!("CARGO_BIN_EXE_fanout"), "TRACE", events).await;
    assert_eq!(found(&lines, &[]), Vec::<&String>::new());
    let lines = understood(&lines);
    assert_eq!((&lines[0]["requestId"], &lines[0]["FramesPosted"]), (&json!("rung"), &json!(1)));
    assert!(lines[0]["EndToEndDelay"].is_i64());
    assert!(lines[1..].iter().all(|line| line["requestId"] == "spoilt"));
    let segments = world.daemon.take();
    assert_eq!(segments.len(), 1);
    assert_eq!(segments[0]["parent_id"], "53995c3f42cd8ad8");
}

#[tokio::test]
async fn at_the_level_of_warnings_a_line_still_names_its_request() {
    let world = World::new().await;
    let events = vec![invocation("poison", event("fanout-poison"))];
    let lines = understood(&lines(&world, env!("CARGO_BIN_EXE_fanout"), "WARN", events).await);
    assert!(lines.iter().any(|line| line["message"] == "failed to parse a stream record"));
}
