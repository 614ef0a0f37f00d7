//! Marking all read, and inboxes with much in them.

use std::collections::BTreeSet;

use belfry_tests::{Socket, Target, draft, ids};
use futures::{StreamExt, stream};
use serde_json::json;

#[tokio::test]
async fn marking_all_reads_also_what_came_just_now_and_tells_every_socket() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut tabs = [Socket::open(&ana).await, Socket::open(&ana).await];
    let sent = admin.notify_times(&ana, 3).await;
    for tab in &mut tabs {
        for id in sent.iter().rev() {
            tab.expect_ring(id).await;
        }
    }
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 3 }));
    let list = ana.list().await;
    assert_eq!((&list["unread_count"], ana.unread_count().await), (&json!(0), 0));
    assert!(ids(&ana.unread().await).is_empty());
    assert!(list["results"].as_array().unwrap().iter().all(|item| item["is_read"] == true), "{list}");
    for tab in &mut tabs {
        let (mut read_all, mut states, mut count) = (None, BTreeSet::new(), None);
        while read_all.is_none() || states.len() < sent.len() {
            let frame = tab.next().await;
            count = frame["unread_count"].as_u64().or(count);
            if frame["type"] == "read_all" {
                read_all = Some(frame["up_to"].clone());
            } else {
                assert_eq!((&frame["type"], &frame["is_read"]), (&json!("notification_state"), &json!(true)));
                states.insert(frame["notification_id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!((read_all.as_ref(), count), (Some(&list["read_watermark"]), Some(0)));
        assert_eq!(states, sent.iter().cloned().collect());
    }
}

#[tokio::test]
async fn what_comes_after_marking_all_is_unread() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify(&ana, "Before").await;
    ana.post("/api/notifications/mark_all_read/").await.ok(200);
    let after = admin.notify(&ana, "After").await;
    assert_eq!((ids(&ana.unread().await), ana.unread_count().await), (vec![after], 1));
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 1 }));
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 0 }));
    assert_eq!(ana.unread_count().await, 0);
}

#[tokio::test]
async fn marking_all_a_hundred_times_is_as_good_as_once() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&ana, "Again and again").await;
    for time in 0..100 {
        let marked = ana.post("/api/notifications/mark_all_read/").await.ok(200);
        assert_eq!(marked, json!({ "marked_as_read": u8::from(time == 0) }), "{time}");
    }
    let list = ana.list().await;
    assert_eq!((ids(&list), ana.unread_count().await), (vec![id], 0));
    assert_eq!(list["results"][0]["is_read"], true);
}

#[tokio::test]
async fn marking_all_counts_only_what_was_unread_and_brings_nothing_back() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 3).await;
    ana.post(&format!("/api/notifications/{}/mark_as_read/", sent[0])).await.ok(200);
    ana.delete(&format!("/api/notifications/{}/", sent[1])).await.ok(204);
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 1 }));
    assert_eq!(ids(&ana.list().await), [sent[0].clone(), sent[2].clone()]);
}

#[tokio::test]
async fn of_150_unread_each_rings_once_counts_are_exact_and_one_call_reads_them_all() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let (admin, to) = (&admin, &ana);
    let create = |number: usize| async move { admin.notify(to, &format!("Number {number}")).await };
    let sent: BTreeSet<_> = stream::iter(0..150).map(create).buffer_unordered(16).collect().await;
    assert_eq!(sent.len(), 150);
    let mut rung = BTreeSet::new();
    for _ in 0..150 {
        let frame = socket.next().await;
        assert_eq!(frame["type"], "notification", "{frame}");
        assert!(frame["unread_count"].as_u64().is_none_or(|count| count <= 100), "{frame}");
        assert!(rung.insert(frame["notification_id"].as_str().unwrap().to_owned()), "rang twice: {frame}");
    }
    assert_eq!(rung, sent);
    socket.expect_pong().await;

    assert_eq!(ana.unread_count().await, 150);
    let (list, unread) = (ana.list().await, ana.unread().await);
    assert_eq!((&list["unread_count"], &unread["unread_count"]), (&json!(100), &json!(100)));
    assert_eq!(ana.post("/api/notifications/mark_all_read/").await.ok(200), json!({ "marked_as_read": 150 }));
    assert_eq!(ana.unread_count().await, 0);
    assert_eq!((ids(&ana.unread().await).len(), &ana.list().await["unread_count"]), (0, &json!(0)));
    let pages = ana.walk("/api/notifications/?limit=100", "next").await;
    assert_eq!(pages.concat().into_iter().collect::<BTreeSet<_>>(), sent);
}

#[tokio::test]
async fn all_20_sockets_of_one_user_ring_and_see_the_reading() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(Socket::open(&ana).await);
    }
    let id = admin.notify(&ana, "Twenty").await;
    for socket in &mut sockets {
        socket.expect_ring(&id).await;
    }
    ana.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
    for socket in &mut sockets {
        socket.expect_state(&id).await;
        socket.expect_pong().await;
    }
}

#[tokio::test]
async fn a_page_of_large_notifications_comes_whole_or_goes_on() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut body = draft(ana.user(), "Large");
    body["message"] = json!("🔔".repeat(10_000));
    let mut sent = Vec::new();
    for _ in 0..60 {
        sent.insert(0, admin.create(&body).await["id"].as_str().unwrap().to_owned());
    }
    for list in ["/api/notifications/", "/api/notifications/unread/"] {
        assert_eq!(ana.walk(&format!("{list}?limit=100"), "next").await.concat(), sent, "{list}");
    }
    assert_eq!(ana.unread_count().await, 60);
}
