//! What clients send. Whatever it is, the socket lives on, unless no gateway would carry it.

use belfry_tests::{Client, Socket, Target};
use serde_json::json;

const FRAME_BYTES: usize = 32 * 1024;

/// Sends each frame and expects an error with this code, and a living socket.
async fn refuses(code: &str, frames: &[&str]) {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut socket = Socket::open(&ana).await;
    for frame in frames {
        socket.send(*frame).await;
        let error = socket.next().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{frame:.80}");
        assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{error}");
        socket.expect_pong().await;
    }
    let id = admin.notify(&ana, "After all that").await;
    socket.expect_ring(&id).await;
}

/// A ping of that many bytes, but fewer characters.
fn ping_of(bytes: usize) -> String {
    let frame = json!({ "type": "ping", "padding": "" }).to_string();
    let room = bytes - frame.len();
    let padding = format!("\"{}{}\"", "é".repeat(room / 2), "x".repeat(room % 2));
    frame.replace("\"\"", &padding)
}

async fn open() -> (Target, Client, Socket) {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    let socket = Socket::open(&ana).await;
    (belfry, ana, socket)
}

#[tokio::test]
async fn a_ping_gets_its_pong() {
    let (_belfry, _, mut socket) = open().await;
    for _ in 0..20 {
        socket.expect_pong().await;
    }
    socket.send(r#" { "since" : 1, "type" : "ping" } "#).await;
    assert_eq!(socket.next().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn pings_sent_all_at_once_are_all_answered() {
    let (_belfry, _, mut socket) = open().await;
    for _ in 0..50 {
        socket.send(r#"{"type":"ping"}"#).await;
    }
    for _ in 0..50 {
        assert_eq!(socket.next().await["type"], "pong");
    }
}

#[tokio::test]
async fn what_is_sent_all_at_once_is_all_answered() {
    let (_belfry, _, mut socket) = open().await;
    let pairs = [("[]", "error"), (r#"{"type":"ping"}"#, "pong")].repeat(50);
    for (frame, _) in &pairs {
        socket.send(*frame).await;
    }
    // In any order: a gateway hands on a frame without waiting for the answer to the one before.
    let mut answers = Vec::new();
    for _ in &pairs {
        answers.push(socket.next().await["type"].as_str().unwrap().to_owned());
    }
    for kind in ["error", "pong"] {
        assert_eq!(answers.iter().filter(|answer| *answer == kind).count(), 50, "{answers:?}");
    }
}

#[tokio::test]
async fn what_is_not_json_gets_an_error_frame() {
    let deep = "[".repeat(FRAME_BYTES);
    let closed = format!("{{\"type\":\"ping\",\"deep\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let frames =
        ["ping", "{", "{\"type\":\"ping\"", "{'type':'ping'}", "{\"type\":\"\\ud800\"}", "\u{0}", "NaN"];
    refuses("not_json", &[&frames[..], &[&deep, &closed]].concat()).await;
}

#[tokio::test]
async fn json_that_is_no_object_with_a_type_gets_an_error_frame() {
    let frames =
        ["[]", "[1,2]", r#"[{"type":"ping"}]"#, "7", "null", "true", r#""ping""#, "{}", r#"{"type":7}"#];
    let odd =
        [r#"{"type":null}"#, r#"{"type":["ping"]}"#, r#"{"type":{"type":"ping"}}"#, r#"{"Type":"ping"}"#];
    refuses("no_type", &[&frames[..], &odd].concat()).await;
}

#[tokio::test]
async fn an_unknown_type_gets_an_error_frame() {
    let frames = ["PING", "", " ping", "ping\u{0}", "notification", "__proto__", "\u{202e}gnip", "🔔"];
    let frames: Vec<_> = frames.iter().map(|name| json!({ "type": name }).to_string()).collect();
    refuses("unknown_type", &frames.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn a_frame_of_exactly_32_kb_is_answered() {
    let (_belfry, _, mut socket) = open().await;
    let frame = ping_of(FRAME_BYTES);
    assert_eq!(frame.len(), FRAME_BYTES);
    socket.send(frame).await;
    assert_eq!(socket.next().await["type"], "pong");
    socket.expect_pong().await;
}

#[tokio::test]
async fn a_frame_over_32_kb_closes_with_1009() {
    let (_belfry, ana, mut socket) = open().await;
    socket.send(ping_of(FRAME_BYTES + 1)).await;
    assert_eq!(socket.close_code().await, 1009);
    let mut other = Socket::open(&ana).await;
    other.send(ping_of(5 * FRAME_BYTES)).await;
    assert_eq!(other.close_code().await, 1009);
    Socket::open(&ana).await.expect_pong().await;
}

#[tokio::test]
async fn a_binary_frame_closes_with_1003() {
    let (_belfry, ana, mut socket) = open().await;
    socket.send_binary(br#"{"type":"ping"}"#).await;
    assert_eq!(socket.close_code().await, 1003);
    Socket::open(&ana).await.expect_pong().await;
}

#[tokio::test]
async fn a_bad_frame_of_one_socket_is_told_to_no_other() {
    let (belfry, ana, mut socket) = open().await;
    let (mut own, mut stranger) = (Socket::open(&ana).await, Socket::open(&belfry.user().await).await);
    socket.send("[]").await;
    assert_eq!(socket.next().await["type"], "error");
    own.expect_pong().await;
    stranger.expect_pong().await;
}

/// A text frame of a client (RFC 6455, section 5.2), masked by zeros.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn a_protocol_error_closes_with_1002() {
    let unmasked = b"\x81\x02{}".to_vec();
    let reserved_bits = masked(0xf1, b"{}");
    let unknown_opcode = masked(0x83, b"{}");
    let continues_nothing = masked(0x80, b"{}");
    for frame in [unmasked, reserved_bits, unknown_opcode, continues_nothing] {
        let (_belfry, ana, mut socket) = open().await;
        socket.send_raw(&frame).await;
        assert_eq!(socket.close_code().await, 1002, "{frame:x?}");
        Socket::open(&ana).await.expect_pong().await;
    }
}

#[tokio::test]
async fn a_text_that_is_not_utf_8_closes_with_1007() {
    for text in [&b"\xff"[..], b"{\"type\":\"ping\xc3\"}", b"\xed\xa0\x80"] {
        let (_belfry, ana, mut socket) = open().await;
        socket.send_raw(&masked(0x81, text)).await;
        assert_eq!(socket.close_code().await, 1007, "{text:x?}");
        Socket::open(&ana).await.expect_pong().await;
    }
}
