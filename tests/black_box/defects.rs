//! What the system that Belfry replaces did wrong, as far as these routes reach; each defect stays absent.
//!
//! Others of its defects have their tests elsewhere: any user could send (`permissions`), any page opened a socket
//! (`socket_open`), lists had no bounds (`list`), and a redirect could hold a script (`create_refused`).

use belfry_tests::{Socket, Target, draft, ids};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_put_does_not_give_a_notification_to_somebody_else() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let mut socket = Socket::open(&bruno).await;
    let created = admin.create(&draft(ana.user(), "Mine")).await;
    let path = format!("/api/notifications/{}/", created["id"].as_str().unwrap());
    for method in [Method::PUT, Method::PATCH] {
        for caller in [&ana, &admin, &bruno] {
            let body = draft(bruno.user(), "Yours");
            let answer = caller.send(method.clone(), &path, body.to_string()).await;
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
    }
    assert_eq!(ana.get(&path).await.ok(200), created);
    assert!(ids(&bruno.list().await).is_empty());
    let next = admin.notify(&bruno, "Next").await;
    socket.expect_ring(&next).await;
}

#[tokio::test]
async fn posting_does_not_only_store_but_also_rings() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Ring").await;
    socket.expect_ring(&id).await;
    assert_eq!(ids(&ana.list().await), [id]);
}

#[tokio::test]
async fn a_frame_is_not_sent_before_the_commit() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let committed = async |socket: &mut Socket| {
        let frame = socket.next().await;
        let path = format!("/api/notifications/{}/", frame["notification_id"].as_str().unwrap());
        (ana.get(&path).await.ok(200), ana.unread_count().await, frame)
    };
    for number in 0..20_u64 {
        let body = draft(ana.user(), "Committed");
        let (_, (found, count, frame)) = futures::join!(admin.create(&body), committed(&mut socket));
        assert_eq!((&found["changed"], count), (&frame["changed"], number + 1));
    }
}

#[tokio::test]
async fn what_came_while_nobody_was_connected_is_there_on_return() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    let before = admin.notify(&ana, "Before").await;
    socket.expect_ring(&before).await;
    drop(socket);
    let missed = admin.notify_times(&ana, 3).await;
    let mut socket = Socket::open(&ana).await;
    assert_eq!(ids(&ana.list().await), [missed, vec![before]].concat());
    assert_eq!(ana.unread_count().await, 4);
    let next = admin.notify(&ana, "Next").await;
    let frame = socket.next_ring(&next).await;
    assert_eq!(frame["unread_count"], 5);
}

#[tokio::test]
async fn an_array_does_not_kill_the_socket() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    socket.send("[1,2,3]").await;
    assert_eq!(socket.next().await["type"], "error");
    let id = admin.notify(&ana, "Still listening").await;
    socket.expect_ring(&id).await;
}

#[tokio::test]
async fn a_redirect_to_the_own_dashboard_is_accepted() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut body = draft(ana.user(), "Dashboard");
    body["redirect_url"] = json!("/dashboard/");
    assert_eq!(admin.create(&body).await["redirect_url"], "/dashboard/");
}

#[tokio::test]
async fn marking_all_moves_updated_at() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify_times(&ana, 2).await;
    let before = ana.list().await;
    ana.post("/api/notifications/mark_all_read/").await.ok(200);
    let after = ana.list().await;
    for (before, after) in
        before["results"].as_array().unwrap().iter().zip(after["results"].as_array().unwrap())
    {
        assert!(after["updated_at"].as_str() > before["updated_at"].as_str(), "{before} {after}");
        assert!(after["read_at"].is_string(), "{after}");
    }
}

#[tokio::test]
async fn other_tabs_learn_of_a_reading() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut other_tab = Socket::open(&ana.as_browser()).await;
    let id = admin.notify(&ana, "Read me").await;
    other_tab.expect_ring(&id).await;
    ana.post(&format!("/api/notifications/{id}/mark_as_read/")).await.ok(200);
    assert_eq!(other_tab.expect_state(&id).await["is_read"], true);
}

#[tokio::test]
async fn the_limit_of_a_list_is_heeded() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    admin.notify_times(&ana, 25).await;
    for list in ["/api/notifications/", "/api/notifications/unread/"] {
        assert_eq!(ids(&ana.get(list).await.ok(200)).len(), 20);
        assert_eq!(ids(&ana.get(&format!("{list}?limit=3")).await.ok(200)).len(), 3);
    }
}
