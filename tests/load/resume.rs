//! How long it takes to catch up: from a hello with a cursor to the last part of what was missed.

use std::time::Instant;

use belfry_tests::{NOTIFICATIONS, Socket, Target, draft};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::percentile;

/// How much was missed, and how often that is measured: no more hellos than one user may say at once, and no more large resumes
/// than in a minute. More than the second is not brought one by one.
const MISSED: [(usize, usize); 2] = [(20, 15), (5_000, 10)];

/// How many creates are under way at the same time.
const CONCURRENT_CREATES: usize = 8;

pub(crate) async fn report(target: &Target) {
    let admin = target.admin().await;
    for (missed, times) in MISSED {
        let user = target.user().await;
        let mut socket = Socket::open(&user).await;
        let cursor = hello(&mut socket, &Value::Null).await["cursor"].clone();
        drop(socket);
        let body = draft(user.user(), "Missed");
        let create = |_| async { admin.post_json(NOTIFICATIONS, &body).await.ok(201) };
        stream::iter(0..missed).map(create).buffer_unordered(CONCURRENT_CREATES).for_each(|_| async {}).await;
        let (mut took, mut parts) = (Vec::new(), 0);
        for _ in 0..times {
            let mut socket = Socket::open(&user).await;
            let began = Instant::now();
            let (told, in_parts) = resume(&mut socket, &cursor).await;
            took.push(began.elapsed());
            assert_eq!(told, missed, "not everything that was missed");
            parts = in_parts;
            socket.close().await;
        }
        let [p50, max] = [50, 100].map(|percent| percentile(&mut took, percent));
        println!("resume, {missed} of {missed} missed in {parts} parts, {times} times: p50 {p50}, max {max}");
    }
}

async fn hello(socket: &mut Socket, cursor: &Value) -> Value {
    socket.send(json!({ "type": "hello", "cursor": cursor }).to_string()).await;
    next(socket, "welcome").await
}

/// The next frame of that type; what rings live meanwhile is in the answer too.
async fn next(socket: &mut Socket, wanted: &str) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] == wanted {
            return frame;
        }
        assert_eq!(frame["type"], "notification", "{frame}");
    }
}

/// How many changes came, in how many parts.
async fn resume(socket: &mut Socket, cursor: &Value) -> (usize, usize) {
    hello(socket, cursor).await;
    let (mut changes, mut parts) = (0, 0);
    loop {
        let sync = next(socket, "sync").await;
        assert_eq!(sync["recovered"], true, "{sync}");
        changes += sync["changes"].as_array().map_or(0, Vec::len);
        parts += 1;
        if sync["more"] == false {
            return (changes, parts);
        }
    }
}
