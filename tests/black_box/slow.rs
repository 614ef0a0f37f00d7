//! Clients that don't read, don't finish what they began or send without end: they hold up nobody, and they end.

use belfry_tests::{Client, Socket, Target, draft};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const PING: &str = r#"{"type":"ping"}"#;

/// More large notifications than the server's queue and all buffers on the way hold.
const PUSHES: usize = 400;

/// More parts of that size than the queue of answers and all buffers on the way hold, and no more than one answer may have.
const PARTS: usize = 120;

/// What a greedy client requests again and again: half a megabyte each time.
const ASKED: usize = 20;

/// A body whose frame takes about 30 KB of the 32 that a frame may have.
fn large(user: &Client, number: usize) -> Value {
    let mut body = draft(user.user(), &format!("Large {number}"));
    body["message"] = json!("…".repeat(9_900));
    body
}

/// Sends somebody that many large notifications, a few at the same time.
async fn send_large(admin: &Client, user: &Client, count: usize) {
    let bodies = (0..count).map(|number| large(user, number));
    let creates = stream::iter(bodies).map(|body| async move { admin.create(&body).await });
    creates.buffer_unordered(8).for_each(|_| async {}).await;
}

/// Asks for pongs, and for a notification, on a socket that nothing is wrong with.
async fn is_served(admin: &Client, user: &Client, socket: &mut Socket) {
    for number in 0..3 {
        socket.expect_pong().await;
        let id = admin.notify(user, &format!("Served {number}")).await;
        socket.expect_ring(&id).await;
    }
}

/// Sends a notification, which is the next frame of that socket. For a user whose sockets have asked for too much by then.
async fn rings(admin: &Client, user: &Client, socket: &mut Socket) {
    let id = admin.notify(user, "Rings").await;
    socket.expect_ring(&id).await;
}

#[tokio::test]
async fn a_socket_that_reads_nothing_keeps_no_other_from_any_frame_and_ends() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let slow = Socket::open_narrow(&ana).await;
    let (mut own, mut stranger) = (Socket::open(&ana).await, Socket::open(&bruno).await);
    for number in 0..PUSHES {
        let created = admin.create(&large(&ana, number)).await;
        own.expect_ring(created["id"].as_str().unwrap()).await;
        if number % 50 == 0 {
            is_served(&admin, &bruno, &mut stranger).await;
        }
    }
    let end = slow.end().await;
    // It was cut off where even the close frame found no room in time.
    assert!(end.is_none() || end == Some((1008, "too slow".to_owned())), "{end:?}");
    is_served(&admin, &ana, &mut own).await;
}

#[tokio::test]
async fn a_client_that_asks_and_never_reads_the_answers_is_cut_off() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut other = Socket::open(&ana).await;
    other.send(json!({ "type": "hello" }).to_string()).await;
    let hello = json!({ "type": "hello", "cursor": other.next().await["cursor"] }).to_string();
    send_large(&admin, &ana, ASKED).await;
    for _ in 0..ASKED {
        other.next().await;
    }
    let mut deaf = Socket::open_narrow(&ana).await;
    let ends = async { while deaf.try_send(&hello).await.is_ok() {} };
    // Several megabytes are read and sent until then, which takes a busy machine its time.
    tokio::time::timeout(4 * belfry_tests::DEADLINE, ends).await.expect("it goes on for ever");
    rings(&admin, &ana, &mut other).await;
}

#[tokio::test]
async fn a_frame_after_a_hello_that_nobody_reads_is_answered() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut other = Socket::open(&ana).await;
    other.send(json!({ "type": "hello" }).to_string()).await;
    let hello = json!({ "type": "hello", "cursor": other.next().await["cursor"] }).to_string();
    send_large(&admin, &ana, PARTS).await;
    let mut newest = Value::Null;
    for _ in 0..PARTS {
        newest = other.next().await["changed"].clone();
    }
    let mut deaf = Socket::open_narrow(&ana).await;
    deaf.send(hello).await;
    deaf.send(json!({ "type": "seen", "up_to": newest }).to_string()).await;
    assert_eq!(other.next().await["type"], "seen_all");
}

#[tokio::test]
async fn a_flood_of_pings_ends_its_own_socket_and_no_other() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let (mut own, mut stranger) = (Socket::open(&ana).await, Socket::open(&bruno).await);
    let mut flooding = Socket::open_narrow(&ana).await;
    let flood = async {
        for _ in 0..10_000 {
            if flooding.try_send(PING).await.is_err() {
                break;
            }
        }
        let mut frames = Vec::new();
        while let Some(frame) = flooding.receive().await {
            frames.push(frame);
        }
        frames
    };
    let others = async {
        is_served(&admin, &bruno, &mut stranger).await;
        rings(&admin, &ana, &mut own).await;
    };
    let (frames, ()) = futures::join!(tokio::time::timeout(belfry_tests::DEADLINE, flood), others);
    let frames = frames.expect("it goes on for ever");
    assert!(frames.len() < 5_000, "{} frames", frames.len());
    rings(&admin, &ana, &mut own).await;
}

#[tokio::test]
async fn a_resume_of_more_parts_than_any_queue_holds_is_whole() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    socket.send(json!({ "type": "hello" }).to_string()).await;
    let cursor = socket.next().await["cursor"].clone();
    drop(socket);
    send_large(&admin, &ana, PARTS).await;
    let mut socket = Socket::open_narrow(&ana).await;
    socket.send(json!({ "type": "hello", "cursor": cursor }).to_string()).await;
    let mut missed = 0;
    loop {
        // What is still being told of the last ones may come in between.
        let sync = socket.next().await;
        if sync["type"] != "sync" {
            continue;
        }
        missed += sync["changes"].as_array().unwrap().len();
        if sync["more"] == false {
            break;
        }
    }
    assert_eq!(missed, PARTS);
    socket.expect_pong().await;
}

#[tokio::test]
async fn handshakes_that_are_never_finished_hold_up_nobody() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let address = belfry.url().strip_prefix("http://").unwrap().to_owned();
    let mut begun = Vec::new();
    for beginning in [
        "",
        "G",
        "GET /ws/notification/ HTTP/1.1\r\nHost: ",
        "POST /api/notifications/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
    ] {
        for _ in 0..25 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(beginning.as_bytes()).await.unwrap();
            begun.push(stream);
        }
    }
    let mut socket = Socket::open(&ana).await;
    is_served(&admin, &ana, &mut socket).await;
}

#[tokio::test]
async fn half_a_frame_holds_up_neither_its_own_socket_s_frames_nor_anybody_else() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let (mut half, mut whole) = (Socket::open(&ana).await, Socket::open(&ana).await);
    // A masked text frame of 100 bytes, of which three come.
    half.send_raw(&[0x81, 0x80 | 0x64, 1, 2, 3, 4, b'a', b'b', b'c']).await;
    is_served(&admin, &ana, &mut whole).await;
    for number in 0..3 {
        assert_eq!(half.next().await["title"], format!("Served {number}"));
    }
}
