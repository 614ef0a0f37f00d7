//! How soon the other devices know: from marking one read to the frame with the new count on another device of the user.

use std::time::{Duration, Instant};

use belfry_tests::{Client, Socket, Target};

use crate::percentile;

/// So many are unread at first, and are read one after another; below 100, so that frames count them exactly.
const UNREAD: usize = 50;
const ROUNDS: usize = 6;

/// A pause after each, since a user may change a hundred in a second.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) async fn report(target: &Target) {
    let (admin, user) = (target.admin().await, target.user().await);
    let mut other_device = Socket::open(&user).await;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let unread = admin.notify_times(&user, UNREAD).await;
        other_device.next_ring(&unread[0]).await;
        for (left, id) in unread.iter().enumerate().rev() {
            took.push(read(&user, id, left, &mut other_device).await);
            tokio::time::sleep(PAUSE).await;
        }
    }
    let times = took.len();
    let [p50, p99, max] = [50, 99, 100].map(|percent| percentile(&mut took, percent));
    println!("read to count on another device, {times} one after another: p50 {p50}, p99 {p99}, max {max}");
}

async fn read(user: &Client, id: &str, left: usize, other_device: &mut Socket) -> Duration {
    let began = Instant::now();
    let (answer, frame) = futures::join!(user.act(id, "mark_as_read"), other_device.next());
    let took = began.elapsed();
    answer.ok(200);
    assert_eq!((frame["notification_id"].as_str(), &frame["is_read"]), (Some(id), &true.into()), "{frame}");
    assert_eq!(frame["unread_count"], left, "{frame}");
    took
}
