//! The calls of the system that Belfry replaces, as its browser client makes them: relative addresses, the session cookie,
//! `X-Requested-With` on everything, and the page's `Origin` where a browser adds it.

use belfry_tests::{Client, Socket, Target, ids};
use reqwest::header::HeaderName;
use serde_json::{Value, json};

const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// The fields that the client reads of an item, in a list and in a frame.
const READ: [&str; 6] = ["title", "message", "notification_type", "is_read", "created_at", "redirect_url"];

/// A browser sends no `Origin` with a `GET` of its own site.
struct Page {
    reading: Client,
    writing: Client,
}

fn page(user: &Client) -> Page {
    let reading = user.with_cookie().with_header(X_REQUESTED_WITH, "XMLHttpRequest");
    Page { writing: reading.on_page(user.url()), reading }
}

#[track_caller]
fn assert_item(item: &Value) {
    assert!(item["id"].is_string() && item["notification_type_display"].is_string(), "{item}");
    assert!(READ.iter().all(|field| item.get(*field).is_some()), "{item}");
}

#[tokio::test]
async fn the_panel_fills_and_the_badge_counts() {
    let belfry = Target::start().await;
    let (admin, user) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&user, 25).await;
    let page = page(&user);
    let list = page.reading.get("/api/notifications/?limit=20").await.ok(200);
    assert_eq!(ids(&list), sent[..20]);
    list["results"].as_array().unwrap().iter().for_each(assert_item);
    let unread = page.reading.get("/api/notifications/unread/").await.ok(200);
    assert_eq!(ids(&unread), sent[..20]);
    let count = page.reading.get("/api/notifications/unread_count/").await.ok(200);
    assert_eq!(count["unread_count"], 25);
    let current = page.reading.get("/api/user/current/").await.ok(200);
    assert_eq!((&current["id"], &current["role"]["role_type"]), (&json!(user.user()), &json!("viewer")));
}

#[tokio::test]
async fn a_click_reads_one_and_a_button_reads_all() {
    let belfry = Target::start().await;
    let (admin, user) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&user, 3).await;
    let page = page(&user);
    for writing in [&page.writing, &page.reading] {
        let read = writing.post(&format!("/api/notifications/{}/mark_as_read/", sent[1])).await.ok(200);
        assert_item(&read);
        assert_eq!(read["is_read"], true);
    }
    let body = "{}";
    let all = page.writing.send(reqwest::Method::POST, "/api/notifications/mark_all_read/", body).await;
    assert_eq!(all.ok(200)["marked_as_read"], 2);
    let count = page.reading.get("/api/notifications/unread_count/").await.ok(200);
    assert_eq!(count["unread_count"], 0);
    page.writing.delete(&format!("/api/notifications/{}/", sent[0])).await.ok(204);
    assert_eq!(ids(&page.reading.get("/api/notifications/?limit=20").await.ok(200)), sent[1..]);
}

#[tokio::test]
async fn the_socket_opens_by_the_cookie_rings_and_answers_its_heartbeat() {
    let belfry = Target::start().await;
    let (admin, user) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&user.as_browser()).await;
    socket.expect_pong().await;
    let id = admin.as_browser().notify(&user, "Ring").await;
    let frame = socket.expect_ring(&id).await;
    assert!(READ.iter().all(|field| frame.get(*field).is_some()), "{frame}");
    assert_eq!((&frame["title"], &frame["is_read"]), (&json!("Ring"), &json!(false)));
}
