//! The limits on a user's sockets.

use std::num::{NonZeroU16, NonZeroU32};

use belfry_domain::{ChangeId, CreateRequest, Cursor, Direction};
use belfry_functions::socket::{
    budget::FrameRates,
    hello::{LARGE_RESUME_CHANGES, MAX_SYNC_FRAMES},
};
use serde_json::{Value, json};

use crate::support::{
    limits::{Limits, UNLIMITED},
    sample::event,
    user,
    world::World,
};

/// The socket of the samples, and whose it is.
const SOCKET: &str = "L0SM9cOFvHcCIhw=";
const OWNER: &str = "ana";

/// A message of this many characters takes ten of the 32 KB that a frame may have.
const TEN_KB: usize = 3_300;

/// A deployment with these limits on frames a second and large resumes a minute.
async fn limited(frames: u32, resumes: u16) -> World {
    let (frames, resumes) = (NonZeroU32::new(frames).unwrap(), NonZeroU16::new(resumes).unwrap());
    let world = World::limited(Limits { frames: FrameRates { frames, resumes }, ..UNLIMITED }).await;
    world.open(OWNER, &[SOCKET]).await;
    world
}

/// Gives the owner that many notifications, with messages of that length.
async fn store(world: &World, count: usize, characters: usize) {
    let body = json!({
        "user": OWNER, "title": "Missed", "message": "…".repeat(characters), "notification_type": "info",
    });
    let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
    // Large ones are created a few at a time: an attempt has three seconds, also on a busy machine.
    let batch = if characters > 1_000 { 10 } else { 100 };
    for begun in (0..count).step_by(batch) {
        let drafts = vec![draft.clone(); (count - begun).min(batch)];
        assert!(world.inbox.create_many(drafts).await.iter().all(Result::is_ok));
    }
}

/// A hello by somebody who was away while everything was stored.
fn hello_of_yesterday() -> Value {
    let yesterday = belfry_cloud::clock::now().plus_millis(-24 * 60 * 60 * 1000);
    let cursor = Cursor { direction: Direction::Newer, position: ChangeId::last_of(yesterday).into() };
    let mut hello = event("ws_default-hello");
    hello["body"] =
        json!({ "type": "hello", "cursor": cursor.encode("resume", &user(OWNER)) }).to_string().into();
    hello
}

/// The `BatchGetItem` by which each hello asks whether its user still has access.
const ACCESS_CHECKS: usize = 1;

/// Says hello, and returns the sync frames of the answer and the calls it took.
async fn resume(world: &World) -> (Vec<Value>, Vec<String>) {
    let before = world.recorder.frames(SOCKET).len();
    world.operations();
    assert_eq!(world.frame(hello_of_yesterday()).await.unwrap(), 200);
    let mut frames = world.recorder.frames(SOCKET).split_off(before);
    assert_eq!(frames.remove(0)["type"], "welcome");
    (frames, world.operations())
}

fn count(operations: &[String], of: &str) -> usize {
    operations.iter().filter(|operation| *operation == of).count()
}

/// Whether these frames are the answer to a client that has missed too much.
fn is_lost(frames: &[Value]) -> bool {
    frames.len() == 1 && frames[0]["recovered"] == false && frames[0]["changes"] == json!([])
}

#[tokio::test]
async fn a_resume_above_its_bytes_stops_reading() {
    let world = limited(1_000, 10).await;
    // Three to a frame, more than twice as many as fit: eight batches, of which the fourth is too much.
    store(&world, 800, TEN_KB).await;
    let (frames, operations) = resume(&world).await;
    assert!(is_lost(&frames), "{} frames", frames.len());
    assert_eq!(world.recorder.posts(), 2, "a welcome, and one part");
    assert!(count(&operations, "BatchGetItem") <= ACCESS_CHECKS + 6, "{operations:?}");
}

#[tokio::test]
async fn a_resume_within_its_bytes_is_whole() {
    let world = limited(1_000, 10).await;
    store(&world, 3 * MAX_SYNC_FRAMES, TEN_KB).await;
    let (frames, _) = resume(&world).await;
    assert_eq!(frames.len(), MAX_SYNC_FRAMES);
    let changes: usize = frames.iter().map(|frame| frame["changes"].as_array().unwrap().len()).sum();
    assert_eq!(changes, 3 * MAX_SYNC_FRAMES);
    assert!(frames.iter().all(|frame| frame["recovered"] == true));
}

#[tokio::test]
async fn large_resumes_are_counted_and_bounded() {
    let world = limited(1_000, 2).await;
    store(&world, usize::from(LARGE_RESUME_CHANGES) + 1, 1).await;
    // The limit holds in each minute: a third one within it is refused, whenever the first two came.
    let mut refused = None;
    for _ in 0..5 {
        let (frames, operations) = resume(&world).await;
        assert_eq!(count(&operations, "UpdateItem"), 1, "{operations:?}");
        if is_lost(&frames) {
            refused = Some(operations);
            break;
        }
        assert!(frames.iter().all(|frame| frame["recovered"] == true));
        assert_eq!(count(&operations, "BatchGetItem"), ACCESS_CHECKS + 3);
    }
    let refused = refused.expect("it goes on for ever");
    assert_eq!(count(&refused, "BatchGetItem"), ACCESS_CHECKS, "{refused:?}");
}

#[tokio::test]
async fn a_small_resume_writes_nothing() {
    let world = limited(1_000, 1).await;
    store(&world, usize::from(LARGE_RESUME_CHANGES), 1).await;
    for _ in 0..3 {
        let (frames, operations) = resume(&world).await;
        assert!(!is_lost(&frames));
        assert_eq!(count(&operations, "UpdateItem"), 0, "{operations:?}");
    }
}

#[tokio::test]
async fn too_many_frames_close_the_socket() {
    for name in ["ws_default-ping", "ws_default-not-json", "ws_default-hello", "ws_default-seen"] {
        let world = limited(1, 10).await;
        let mut sent = 0;
        while world.recorder.closed().is_empty() {
            assert!(sent < 1_000, "{name}: it goes on for ever");
            assert_eq!(world.frame(event(name)).await.unwrap(), 200);
            sent += 1;
        }
        assert!(sent >= 3, "{name}: {sent}");
        let last = world.recorder.frames(SOCKET).pop().unwrap();
        assert_eq!(last, json!({ "type": "reconnect", "after_ms": 30_000 }), "{name}");
        assert_eq!(world.recorder.closed(), [SOCKET]);
    }
}

#[tokio::test]
async fn another_user_has_frames_of_their_own() {
    let world = limited(1, 10).await;
    while world.recorder.closed().is_empty() {
        world.frame(event("ws_default-ping")).await.unwrap();
    }
    let mut ping = event("ws_default-ping");
    ping["requestContext"]["authorizer"]["user"] = json!("bruno");
    ping["requestContext"]["connectionId"] = json!("brunos");
    world.frame(ping).await.unwrap();
    assert_eq!(world.recorder.frames("brunos"), [json!({ "type": "pong" })]);
}
