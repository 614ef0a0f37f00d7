//! Connections that are gone, broken or silent, and tables that can't be read.

use belfry_domain::Timestamp;
use serde_json::Value;

use crate::support::{
    recorder::Answer,
    sample::{batch, event, sequence_number},
    user,
    world::World,
};

/// A 410 of a row this young, in seconds, may be a `$connect` that hasn't returned.
const GRACE_SECONDS: i64 = 30;

#[tokio::test]
async fn a_young_socket_that_is_gone_keeps_its_row() {
    let world = World::new().await;
    world.open("ana", &["opening"]).await;
    world.recorder.answer("opening", Answer::Gone);
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    assert_eq!(world.recorder.posts_to("opening"), 1);
    assert_eq!(world.sockets("ana").await, ["opening"]);
}

#[tokio::test]
async fn an_aged_socket_that_is_gone_loses_its_row_and_no_other_does() {
    let world = World::new().await;
    world.opened_ago("ana", "left", GRACE_SECONDS + 1).await;
    world.opened_ago("ana", "old", GRACE_SECONDS + 1).await;
    world.open("ana", &["young"]).await;
    world.opened_ago("bruno", "left", GRACE_SECONDS + 1).await;
    world.recorder.answer("left", Answer::Gone);
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    assert_eq!(world.sockets("ana").await, ["old", "young"]);
    assert_eq!(world.sockets("bruno").await, ["left"]);
    for socket in ["old", "young"] {
        assert_eq!(world.recorder.frames(socket).len(), 1, "{socket}");
    }
}

#[tokio::test]
async fn a_socket_that_is_gone_is_sent_no_further_frame() {
    let world = World::new().await;
    world.open("ana", &["gone", "open"]).await;
    world.recorder.answer("gone", Answer::Gone);
    assert!(world.fanout(batch(&["fanout-insert", "fanout-read-all"])).await.is_empty());
    assert_eq!(world.recorder.posts_to("gone"), 1);
    assert_eq!(world.recorder.frames("open").len(), 2);
}

#[tokio::test]
async fn a_socket_that_fails_is_sent_no_further_frame_of_the_batch() {
    let world = World::new().await;
    world.open("ana", &["forbidden", "open"]).await;
    world.recorder.answer("forbidden", Answer::Forbidden);
    assert!(world.fanout(batch(&["fanout-insert", "fanout-read-all"])).await.is_empty());
    assert_eq!(world.recorder.posts_to("forbidden"), 1);
    assert_eq!(world.recorder.frames("open").len(), 2);
}

#[tokio::test]
async fn broken_busy_forbidden_and_silent_sockets_keep_no_other_from_its_frame() {
    let world = World::new().await;
    let answers = [
        ("broken", Answer::Broken),
        ("busy", Answer::LimitExceeded),
        ("forbidden", Answer::Forbidden),
        ("silent", Answer::Silence),
    ];
    for (socket, answer) in answers {
        world.opened_ago("ana", socket, GRACE_SECONDS + 1).await;
        world.recorder.answer(socket, answer);
    }
    world.open("ana", &["good"]).await;
    world.open("bruno", &["his"]).await;
    assert!(world.fanout(event("fanout-two-users")).await.is_empty(), "no reason to fail a record");
    assert_eq!(world.recorder.frames("good").len(), 1);
    assert_eq!(world.recorder.frames("his").len(), 1);
    assert_eq!(world.sockets("ana").await, ["broken", "busy", "forbidden", "good", "silent"]);
}

#[tokio::test]
async fn a_socket_past_its_time_is_sent_nothing() {
    let world = World::new().await;
    world.open("ana", &["open"]).await;
    let past = Timestamp::from_millis(1_000);
    world.connections.register(&user("ana"), "over", Some(past)).await.unwrap();
    assert!(world.fanout(event("fanout-insert")).await.is_empty());
    assert_eq!(world.recorder.posts_to("over"), 0);
    assert_eq!(world.recorder.frames("open").len(), 1);
}

/// Records of ana, ana, bruno, ana, bruno.
fn five() -> Value {
    batch(&["fanout-insert", "fanout-two-users", "fanout-two-users"])
}

#[tokio::test]
async fn a_user_whose_sockets_can_not_be_read_fails_at_their_lowest_record_and_the_other_is_told() {
    for (refused, named, told) in [(r#""ana""#, 0, "bruno-1"), (r#""bruno""#, 2, "ana-1")] {
        let world = World::refusing(refused).await;
        world.open("ana", &["ana-1"]).await;
        world.open("bruno", &["bruno-1"]).await;
        assert_eq!(world.fanout(five()).await, [sequence_number(&five(), named)]);
        assert!(!world.recorder.frames(told).is_empty());
        assert_eq!(world.recorder.frames(told).len(), world.recorder.posts());
    }
}

#[tokio::test]
async fn a_user_whose_inbox_can_not_be_read_fails_too() {
    // The watermarks, then the index.
    for refused in [r#""meta""#, "by_state"] {
        let world = World::refusing(refused).await;
        assert!(world.fanout(five()).await.is_empty(), "nobody is there, so nothing is read");
        world.open("bruno", &["bruno-1"]).await;
        assert_eq!(world.fanout(five()).await, [sequence_number(&five(), 2)]);
        assert_eq!(world.recorder.posts(), 0);
    }
}

#[tokio::test]
async fn of_a_poison_record_and_an_unreadable_user_the_lower_one_is_named() {
    let world = World::refusing(r#""ana""#).await;
    let poison = event("fanout-poison");
    assert_eq!(world.fanout(poison.clone()).await, [sequence_number(&poison, 0)]);
    let world = World::refusing(r#""bruno""#).await;
    assert_eq!(world.fanout(poison.clone()).await, [sequence_number(&poison, 1)]);
}
