//! Hello: what a client is told that comes back.

use belfry_tests::{Client, Socket, Target, draft_for_many, path_of};
use serde_json::{Value, json};

async fn hello(socket: &mut Socket, cursor: &Value) {
    socket.send(json!({ "type": "hello", "cursor": cursor }).to_string()).await;
}

/// The next frame of that type, whatever comes before it.
async fn next_of(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] == kind {
            return frame;
        }
    }
}

/// Opens a socket, says hello and closes without a word; returns where to resume from.
async fn visit(owner: &Client) -> Value {
    let mut socket = Socket::open(owner).await;
    hello(&mut socket, &Value::Null).await;
    next_of(&mut socket, "welcome").await["cursor"].clone()
}

/// What a socket says to a hello with that cursor: the changes of all parts, and how many parts they were.
async fn resume(socket: &mut Socket, cursor: &Value) -> (Vec<Value>, usize) {
    hello(socket, cursor).await;
    next_of(socket, "welcome").await;
    let (mut changes, mut parts) = (Vec::new(), 0);
    loop {
        let text = socket.next_text().await;
        assert!(text.len() <= 32 * 1024, "a part of {} bytes", text.len());
        let sync: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&sync["type"], &sync["recovered"]), (&json!("sync"), &json!(true)), "{sync}");
        changes.extend(sync["changes"].as_array().unwrap().iter().cloned());
        parts += 1;
        if sync["more"] == false {
            return (changes, parts);
        }
    }
}

fn change<'a>(changes: &'a [Value], id: &str) -> &'a Value {
    let mut found = changes.iter().filter(|change| change["notification_id"] == id);
    let change = found.next().unwrap_or_else(|| panic!("{id} is missing"));
    assert!(found.next().is_none(), "{id} comes twice");
    change
}

#[tokio::test]
async fn a_first_hello_tells_where_the_inbox_stands_and_nothing_else() {
    let belfry = Target::start().await;
    let (admin, owner) = (belfry.admin().await, belfry.user().await);
    admin.notify(&owner, "one").await;
    let mut socket = Socket::open(&owner).await;
    hello(&mut socket, &Value::Null).await;
    let welcome = next_of(&mut socket, "welcome").await;
    assert_eq!(welcome["user"], owner.user());
    assert_eq!((&welcome["unread_count"], &welcome["unseen_count"]), (&json!(1), &json!(1)), "{welcome}");
    assert!(welcome["cursor"].is_string() && welcome["reconnect"]["min_ms"].is_u64(), "{welcome}");
    socket.expect_pong().await;
}

#[tokio::test]
async fn what_came_and_what_was_done_while_away_is_told_once() {
    let belfry = Target::start().await;
    let (admin, owner) = (belfry.admin().await, belfry.user().await);
    let before = admin.notify_times(&owner, 5).await;
    let cursor = visit(&owner).await;
    let came = admin.notify_times(&owner, 20).await;
    owner.act(&before[0], "mark_as_read").await.ok(200);
    owner.act(&before[1], "archive").await.ok(200);
    owner.delete(&path_of(&before[2])).await.ok(204);
    let mut socket = Socket::open(&owner).await;
    let (changes, _) = resume(&mut socket, &cursor).await;
    for id in &came {
        let change = change(&changes, id);
        assert_eq!(
            (&change["type"], &change["is_read"]),
            (&json!("notification"), &json!(false)),
            "{change}"
        );
        assert!(change["title"].is_string() && change["message"].is_string(), "{change}");
    }
    assert_eq!(change(&changes, &before[0])["is_read"], true);
    assert!(change(&changes, &before[1])["archived_at"].is_string());
    let deleted = change(&changes, &before[2]);
    assert_eq!((&deleted["type"], &deleted["deleted"]), (&json!("notification_state"), &json!(true)));
}

#[tokio::test]
async fn a_large_absence_comes_in_parts() {
    let belfry = Target::start().await;
    let (admin, owner) = (belfry.admin().await, belfry.user().await);
    let cursor = visit(&owner).await;
    let mut body = draft_for_many(&[owner.user()], "Large");
    body["message"] = "\u{1F514}\"\n".repeat(1_500).into();
    let mut came = Vec::new();
    for _ in 0..12 {
        let created = admin.create(&body).await;
        came.push(created["results"][0]["id"].as_str().unwrap().to_owned());
    }
    let mut socket = Socket::open(&owner).await;
    let (changes, parts) = resume(&mut socket, &cursor).await;
    assert!(parts > 1, "all in one part");
    for id in &came {
        assert_eq!(change(&changes, id)["message"], body["message"]);
    }
}

#[tokio::test]
async fn a_cursor_that_is_nobody_s_or_another_s_brings_nothing_back() {
    let belfry = Target::start().await;
    let (admin, owner, stranger) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    admin.notify(&stranger, "secret").await;
    for cursor in [visit(&stranger).await, json!("nobody's"), json!("")] {
        let mut socket = Socket::open(&owner).await;
        hello(&mut socket, &cursor).await;
        assert_eq!(next_of(&mut socket, "welcome").await["user"], owner.user());
        let sync = socket.next().await;
        assert_eq!(sync["recovered"], false, "{sync}");
        assert_eq!(sync["changes"], json!([]), "{sync}");
    }
}

#[tokio::test]
async fn what_was_seen_on_one_device_is_seen_on_all() {
    let belfry = Target::start().await;
    let (admin, owner) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify(&owner, "one").await;
    let changed = owner.shown(&id).await["changed"].clone();
    let (mut here, mut there) = (Socket::open(&owner).await, Socket::open(&owner).await);
    here.send(json!({ "type": "seen", "up_to": changed }).to_string()).await;
    for socket in [&mut here, &mut there] {
        let seen = next_of(socket, "seen_all").await;
        assert_eq!(seen["unseen_count"], 0, "{seen}");
        assert!(seen["up_to"].as_str() >= changed.as_str(), "{seen}");
    }
    assert_eq!(owner.counts().await, (1, 0));
}

#[tokio::test]
async fn signing_out_closes_the_user_s_sockets() {
    let belfry = Target::start().await;
    let owner = belfry.user().await;
    let socket = Socket::open(&owner).await;
    owner.delete("/api/session/").await.ok(204);
    socket.closed_by_server().await;
}

#[tokio::test]
async fn above_twenty_sockets_the_oldest_is_told_and_closed() {
    let belfry = Target::start().await;
    let owner = belfry.user().await;
    let mut oldest = Socket::open(&owner).await;
    let mut younger = Vec::new();
    for _ in 0..20 {
        younger.push(Socket::open(&owner).await);
    }
    let goodbye = next_of(&mut oldest, "reconnect").await;
    assert!(goodbye["after_ms"].is_u64(), "{goodbye}");
    oldest.closed_by_server().await;
    for socket in &mut younger {
        socket.expect_pong().await;
    }
}

#[tokio::test]
async fn a_socket_that_the_server_closes_is_told_that_it_goes_away() {
    let belfry = Target::start().await;
    let owner = belfry.user().await;
    let socket = Socket::open(&owner).await;
    owner.delete("/api/session/").await.ok(204);
    assert_eq!(socket.close_code().await, 1001);
}
