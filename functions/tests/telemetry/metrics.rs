//! The documents that the functions send, to the letter.

use std::collections::BTreeSet;

use belfry_cloud::clock;
use belfry_domain::Audience;
use serde_json::{Map, Value, json};

use crate::support::{
    draft,
    invoke::REQUEST_ID,
    operations::happened,
    people::UserEvent,
    recorder::Answer,
    sample::{batch, event, event_with, with_header},
    user,
    world::World,
};

/// The socket of the samples.
const SOCKET: &str = "L0SM9cOFvHcCIhw=";

/// A document with that function's metrics, each with its unit and its value.
fn document(function: &str, metrics: &[(&str, &str, Value)]) -> Value {
    let named = metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }));
    let mut document = json!({
        "_aws": {
            "Timestamp": null,
            "CloudWatchMetrics": [{
                "Namespace": "Belfry",
                "Dimensions": [["FunctionName"]],
                "Metrics": named.collect::<Value>(),
            }],
        },
        "FunctionName": function,
        "requestId": REQUEST_ID,
    });
    let values = metrics.iter().map(|(name, _, value)| ((*name).to_owned(), value.clone()));
    document.as_object_mut().unwrap().extend(values.collect::<Map<_, _>>());
    document
}

/// The one document that was sent, without the time of which it says that it is now.
fn sent(world: &World) -> Value {
    let mut documents = world.measured.take();
    assert_eq!(documents.len(), 1, "{documents:?}");
    let said = documents[0]["_aws"]["Timestamp"].take().as_i64().unwrap();
    assert!((clock::now().as_millis() - said).abs() < 60_000);
    documents.remove(0)
}

#[tokio::test]
async fn a_create_counts_what_it_created_and_a_replay_nothing() {
    let world = World::new().await;
    let token = world.token("sender", "producer");
    let created = |count: usize| document("api", &[("NotificationsCreated", "Count", json!(count))]);
    world.api(event_with("api-create", &token)).await;
    assert_eq!(sent(&world), created(1));
    let users = event_with("api-create-users", &token);
    let body: Value = serde_json::from_str(users["body"].as_str().unwrap()).unwrap();
    let count = body["users"].as_array().unwrap().len();
    for users in [users.clone(), with_header(users, "idempotency-key", "many")] {
        world.api(users).await;
        assert_eq!(sent(&world), created(count));
    }
    let keyed = event_with("api-create-idempotent", &token);
    assert_eq!(world.api(keyed.clone()).await.status(), 201);
    assert_eq!(sent(&world), created(1));
    assert_eq!(world.api(keyed).await.status(), 201);
    assert_eq!(world.api(event_with("api-create-unknown-field", &token)).await.status(), 400);
    assert_eq!(world.get("/api/notifications/", &token).await.status(), 200);
    assert_eq!(world.measured.take(), Vec::<Value>::new());
}

/// Takes a duration out of a document: one value, or several.
fn take_millis(document: &mut Value, name: &str) -> Vec<i64> {
    match document[name].take() {
        Value::Array(several) => several.iter().map(|value| value.as_i64().unwrap()).collect(),
        one => vec![one.as_i64().unwrap()],
    }
}

#[tokio::test]
async fn a_batch_tells_of_its_records_its_frames_its_age_and_its_delays() {
    let world = World::new().await;
    world.open("ana", &["1", "2", "forbidden", "throttled"]).await;
    world.opened_ago("ana", "gone", 60).await;
    world.recorder.answer("forbidden", Answer::Forbidden);
    world.recorder.answer("gone", Answer::Gone);
    world.recorder.answer("throttled", Answer::LimitExceeded);
    let mut records = batch(&["fanout-insert", "fanout-read-all"]);
    let now = clock::now();
    // The older of the two, in whatever order they come.
    for (record, ago) in [(0, 5), (1, 90)] {
        records["Records"][record]["dynamodb"]["ApproximateCreationDateTime"] = json!(now.as_seconds() - ago);
    }
    let changed = belfry_domain::ChangeId::last_of(now.plus_millis(-2_000));
    let image = &mut records["Records"][0]["dynamodb"]["NewImage"];
    image["changed"]["S"] = json!(changed);
    image["state"]["S"] = json!(format!("u#{changed}"));
    assert!(world.fanout(records).await.is_empty());
    let mut sent = sent(&world);
    let age = take_millis(&mut sent, "StreamAge");
    assert!(age.len() == 1 && (90_000..150_000).contains(&age[0]), "{age:?}");
    let delays = take_millis(&mut sent, "EndToEndDelay");
    assert!(delays.len() == 2 && delays.iter().all(|delay| (2_000..60_000).contains(delay)), "{delays:?}");
    let expected = document(
        "fanout",
        &[
            ("FramesPosted", "Count", json!(4)),
            ("FramesGone", "Count", json!(1)),
            ("FramesThrottled", "Count", json!(1)),
            ("FramesFailed", "Count", json!(1)),
            ("EndToEndDelay", "Milliseconds", Value::Null),
            ("RecordsFannedOut", "Count", json!(2)),
            ("StreamAge", "Milliseconds", Value::Null),
        ],
    );
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn of_a_batch_that_fails_only_what_will_not_come_again_is_counted() {
    let world = World::new().await;
    let records = batch(&["fanout-insert", "fanout-poison", "fanout-insert"]);
    assert_eq!(world.fanout(records).await.len(), 1);
    let mut sent = sent(&world);
    take_millis(&mut sent, "StreamAge");
    assert_eq!(sent["RecordsFannedOut"], 2);
    assert_eq!(sent.get("EndToEndDelay"), None, "nobody was rung");
}

#[tokio::test]
async fn a_resume_counts_by_whether_it_brought_everything() {
    let world = World::new().await;
    let hello = async |cursor: Value| {
        let mut hello = event("ws_default-hello");
        hello["body"] = json!({ "type": "hello", "cursor": cursor }).to_string().into();
        assert_eq!(world.frame(hello).await.unwrap(), 200);
    };
    hello(Value::Null).await;
    assert_eq!(world.measured.take(), Vec::<Value>::new(), "a first visit resumes nothing");
    let cursor = world.recorder.frames(SOCKET)[0]["cursor"].clone();
    for (cursor, name) in [(cursor, "Resumed"), (json!("nobody's"), "ResumedNotRecovered")] {
        hello(cursor).await;
        assert_eq!(sent(&world), document("ws_default", &[(name, "Count", json!(1))]));
    }
    world.frame(event("ws_default-ping")).await.unwrap();
    assert_eq!(world.measured.take(), Vec::<Value>::new());
}

/// Whom the table takes no notification for.
const NOBODY: &str = r#"{"S":"nobody"}"#;

/// Events by the bus and by REST, understood and not, counted into another and not; a broadcast that not everybody can be
/// told of, and its recall.
async fn audiences(world: &World, token: &str) {
    let denied = |number: usize| {
        let mut denied = happened(&event("signals-permission-denied"));
        denied["id"] = json!(number.to_string());
        denied
    };
    world.apply_event("admin", UserEvent { role: Some("admin"), is_active: true, ago: 60 }).await;
    for number in 0..2 {
        world.signal(denied(number)).await.unwrap();
    }
    // A producer's alerts are counted into one another, and into nobody else's.
    for number in 2..4 {
        assert_eq!(world.send("POST", "/api/events/", token, &denied(number)).await.status(), 200);
    }
    world.signal(happened(&event("signals-malformed"))).await.unwrap();
    let (id, admin) = (clock::mint_notification(), user("admin"));
    let audience = Audience::Users(vec![admin.clone(), user("nobody")]);
    world.broadcasts.create(id, &admin, &audience, &draft("admin").content).await.unwrap();
    world.work_off().await;
    world.refuse_no_more();
    world.broadcasts.recall(id).await.unwrap();
    world.work_off().await;
}

#[tokio::test]
async fn the_table_in_the_documentation_names_each_metric_that_is_sent() {
    let world = World::refusing_with(NOBODY, "ValidationException").await;
    let token = world.token("sender", "producer");
    world.api(event_with("api-create", &token)).await;
    world.open("ana", &["open", "gone", "throttled", "forbidden"]).await;
    for (socket, answer) in
        [("gone", Answer::Gone), ("throttled", Answer::LimitExceeded), ("forbidden", Answer::Forbidden)]
    {
        world.recorder.answer(socket, answer);
    }
    world.fanout(event("fanout-insert")).await;
    let mut hello = event("ws_default-hello");
    world.frame(hello.clone()).await.unwrap();
    let cursor = world.recorder.frames(SOCKET)[0]["cursor"].clone();
    for cursor in [cursor, json!("nobody's")] {
        hello["body"] = json!(json!({ "type": "hello", "cursor": cursor }).to_string());
        world.frame(hello.clone()).await.unwrap();
    }
    audiences(&world, &token).await;
    let documents = world.measured.take();
    let metrics = documents.iter().flat_map(|document| {
        let metrics = document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
        metrics
            .iter()
            .map(|metric| (metric["Name"].as_str().unwrap(), document["FunctionName"].as_str().unwrap()))
    });
    let sent: BTreeSet<_> = metrics.map(|(name, by)| format!("| `{name}` | `{by}` ")).collect();
    let text = include_str!("../../../docs/architecture.md");
    let table = text.split("| metric | by |").nth(1).unwrap().split("\n\n").next().unwrap();
    let row = |line: &str| line.match_indices('|').nth(2).map(|(end, _)| line[..end].to_owned());
    let documented: BTreeSet<_> = table.lines().skip(2).filter_map(row).collect();
    assert_eq!(sent, documented);
}
