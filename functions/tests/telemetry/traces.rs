//! From the request that creates to the frame that rings: one trace, although the stream carries none.

use std::time::Duration;

use belfry_cloud::clock;
use serde_json::{Value, json};

use crate::support::{
    sample::{event, event_with, with_body},
    stream::Stream,
    user,
    world::World,
};

const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT: &str = "53995c3f42cd8ad8";

fn header(sampled: u8) -> String {
    format!("Root={ROOT};Parent={PARENT};Sampled={sampled};Lineage=a87bd80c:0")
}

async fn create(world: &World, header: Option<&str>) -> String {
    let token = world.token("sender", "producer");
    let body = json!({ "user": "ana", "title": "Hi", "message": "There", "notification_type": "info" });
    let created = world.api_traced(with_body(event_with("api-create", &token), &body), header).await;
    assert_eq!(created.status(), 201);
    created.body()["id"].as_str().unwrap().to_owned()
}

async fn kept(world: &World) -> Vec<Option<String>> {
    let images = world.images().await;
    images.iter().map(|image| image["trace"]["S"].as_str().map(str::to_owned)).collect()
}

/// In seconds.
fn now() -> f64 {
    Duration::from_millis(clock::now().as_millis().try_into().unwrap()).as_secs_f64()
}

#[tokio::test]
async fn a_recorded_create_is_one_trace_from_the_request_to_the_frame() {
    let world = World::new().await;
    let mut stream = Stream::of(&world).await;
    world.open("ana", &["1", "2"]).await;
    let before = now();
    create(&world, Some(&header(1))).await;
    assert_eq!(kept(&world).await, [Some(format!("Root={ROOT};Parent={PARENT};Sampled=1"))]);
    world.fanout(json!({ "Records": stream.records().await })).await;
    let mut segments = world.daemon.take();
    assert_eq!(segments.len(), 1);
    let segment = &mut segments[0];
    let times = ["start_time", "end_time"].map(|name| segment[name].take().as_f64().unwrap());
    assert!(before <= times[0] && times[0] <= times[1] && times[1] <= now(), "{times:?} {before}");
    assert!(segment["id"].take().is_string());
    let expected = json!({
        "name": "belfry-fanout",
        "id": null,
        "trace_id": ROOT,
        "parent_id": PARENT,
        "start_time": null,
        "end_time": null,
        "annotations": { "sockets": 2, "posted": 2 },
    });
    assert_eq!(*segment, expected);
}

#[tokio::test]
async fn of_many_users_each_ring_is_recorded() {
    let world = World::new().await;
    let mut stream = Stream::of(&world).await;
    world.open("ana", &["1"]).await;
    world.open("bruno", &["2"]).await;
    let token = world.token("sender", "producer");
    let body =
        json!({ "users": ["ana", "bruno"], "title": "Hi", "message": "There", "notification_type": "info" });
    world.api_traced(with_body(event_with("api-create", &token), &body), Some(&header(1))).await;
    world.fanout(json!({ "Records": stream.records().await })).await;
    assert_eq!(world.daemon.take().len(), 2);
}

#[tokio::test]
async fn what_is_not_recorded_leaves_no_trace() {
    let world = World::new().await;
    let mut stream = Stream::of(&world).await;
    world.open("ana", &["1"]).await;
    for header in [None, Some(header(0)), Some("Root=ana@example.com;Sampled=1".to_owned())] {
        create(&world, header.as_deref()).await;
    }
    assert_eq!(kept(&world).await, [None, None, None]);
    world.fanout(json!({ "Records": stream.records().await })).await;
    assert_eq!(world.recorder.frames("1").len(), 3);
    assert_eq!(world.daemon.take(), Vec::<Value>::new());
}

#[tokio::test]
async fn whatever_is_written_later_takes_the_trace_away_and_a_ring_in_the_same_batch_keeps_it() {
    for later in ["mark_as_read/", "archive/", "mark_all_read/", ""] {
        let world = World::new().await;
        let mut stream = Stream::of(&world).await;
        world.open("ana", &["1"]).await;
        let path = format!("/api/notifications/{}/{later}", create(&world, Some(&header(1))).await);
        let token = world.token("ana", "admin");
        let answer = match later {
            "" => world.send("PATCH", &path, &token, &json!({ "title": "Changed" })).await,
            "mark_all_read/" => world.post("/api/notifications/mark_all_read/", &token).await,
            _ => world.post(&path, &token).await,
        };
        assert_eq!(answer.status(), 200);
        assert!(kept(&world).await.iter().all(Option::is_none), "{later}");
        let records = stream.records().await;
        world.fanout(json!({ "Records": records })).await;
        assert_eq!(world.daemon.take().len(), 1, "{later}: the ring");
        world.fanout(json!({ "Records": &records[1..] })).await;
        assert_eq!(world.daemon.take(), Vec::<Value>::new(), "{later}: nothing but the ring");
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_recorded() {
    let world = World::new().await;
    let mut insert = event("fanout-insert");
    let image = &mut insert["Records"][0]["dynamodb"]["NewImage"];
    image["trace"] = json!({ "S": header(1) });
    assert!(world.fanout(insert.clone()).await.is_empty());
    assert_eq!(world.daemon.take(), Vec::<Value>::new(), "no socket, no post");
    world.connections.register(&user("ana"), "1", None).await.unwrap();
    for strange in [json!({ "S": "ana@example.com" }), json!({ "N": "1" }), json!({ "NULL": true })] {
        insert["Records"][0]["dynamodb"]["NewImage"]["trace"] = strange;
        assert!(world.fanout(insert.clone()).await.is_empty(), "no poison");
    }
    assert_eq!(world.recorder.frames("1").len(), 3);
    assert_eq!(world.daemon.take(), Vec::<Value>::new());
}
