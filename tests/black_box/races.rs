//! Several things at the same time: whoever wins, the outcome is one of those that an order would have given.

use belfry_tests::{Client, Socket, Target, ids};
use futures::future::join_all;
use serde_json::{Value, json};

/// What the socket was told about a notification before the next ring came.
async fn told_about(id: &str, socket: &mut Socket, admin: &Client, user: &Client) -> Vec<Value> {
    let next = admin.notify(user, "Next").await;
    let told = socket.all_before_ring(&next).await;
    assert!(told.iter().all(|frame| frame["notification_id"] == id), "{told:?}");
    told
}

#[tokio::test]
async fn of_ten_readings_at_once_one_counts_and_all_are_answered_alike() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Read by ten").await;
    socket.expect_ring(&id).await;
    let path = format!("/api/notifications/{id}/mark_as_read/");
    let answers: Vec<_> =
        join_all((0..10).map(|_| ana.post(&path))).await.iter().map(|a| a.ok(200)).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["is_read"] == true), "{answers:?}");
    let told = told_about(&id, &mut socket, &admin, &ana).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["changed"], answers[0]["changed"]);
}

#[tokio::test]
async fn of_ten_deletions_at_once_one_counts_and_all_are_answered_alike() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Deleted by ten").await;
    socket.expect_ring(&id).await;
    let path = format!("/api/notifications/{id}/");
    for answer in join_all((0..10).map(|_| ana.delete(&path))).await {
        answer.ok(204);
    }
    let told = told_about(&id, &mut socket, &admin, &ana).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["deleted"], true);
}

#[tokio::test]
async fn a_reading_never_brings_back_what_is_deleted_at_the_same_time() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 15).await;
    let paths: Vec<_> = sent.iter().map(|id| format!("/api/notifications/{id}/")).collect();
    let marks: Vec<_> = paths.iter().map(|path| format!("{path}mark_as_read/")).collect();
    let (_, deleted, read) = futures::join!(
        ana.post("/api/notifications/mark_all_read/"),
        join_all(paths.iter().map(|path| ana.delete(path))),
        join_all(marks.iter().map(|path| ana.post(path))),
    );
    assert!(deleted.iter().all(|answer| answer.status == 204), "{deleted:?}");
    assert!(read.iter().all(|answer| [200, 404].contains(&answer.status)), "{read:?}");
    assert_eq!((ids(&ana.list().await).len(), ana.unread_count().await), (0, 0));
    for path in &paths {
        ana.get(path).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_is_read_before_it_could_ring_rings_once_and_ends_as_read() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for _ in 0..10 {
        let id = admin.notify(&ana, "Quick").await;
        ana.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
        let told = told_about(&id, &mut socket, &admin, &ana).await;
        let rings = told.iter().filter(|frame| frame["type"] == "notification").count();
        assert_eq!((rings, &told.last().unwrap()["is_read"]), (1, &json!(true)), "{told:?}");
    }
}

#[tokio::test]
async fn what_is_deleted_before_it_could_ring_ends_as_deleted() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for _ in 0..10 {
        let id = admin.notify(&ana, "Quick").await;
        ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
        let told = told_about(&id, &mut socket, &admin, &ana).await;
        assert_eq!(told.last().unwrap()["deleted"], true, "{told:?}");
        assert!(told.len() <= 2, "{told:?}");
    }
}

#[tokio::test]
async fn marking_all_from_five_tabs_at_once_reads_all() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 10).await;
    for answer in join_all((0..5).map(|_| ana.post("/api/notifications/mark_all_read/"))).await {
        assert!(answer.ok(200)["marked_as_read"].as_u64() <= Some(10), "{answer:?}");
    }
    assert_eq!((ids(&ana.list().await), ana.unread_count().await), (sent, 0));
}
