//! How long it takes to look at an inbox and to mark it read, by how much it holds.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use belfry_tests::{Client, NOTIFICATIONS, Target, draft_for_many};
use futures::{StreamExt, stream};

use crate::percentile;

/// How much an inbox holds, and how many such inboxes are measured: fewer where filling them takes long.
const SIZES: [(usize, usize); 2] = [(1_000, 10), (10_000, 5)];

/// How often each owner looks in each way; all in all less than one user may in a second.
const LOOKS: usize = 25;

const LISTS: [&str; 3] = [
    "/api/notifications/?limit=20",
    "/api/notifications/?status=unread&limit=20",
    "/api/notifications/unread_count/",
];

/// How many creates are under way at the same time.
const CONCURRENT_CREATES: usize = 8;

/// The read mark stays ten seconds behind the clock; what is newer is marked one by one, which isn't measured here.
const UNTIL_COVERED: Duration = Duration::from_secs(11);

/// Prints the table.
pub(crate) async fn report(target: &Target) {
    println!(
        "| stored, all unread | list 20, p50 | unread 20, p50 | unread_count, p50 | mark_all_read, p50 |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for (stored, owners) in SIZES {
        let owners = filled(target, stored, owners).await;
        let mut cells = vec![stored.to_string()];
        for list in LISTS {
            let mut times = Vec::new();
            for owner in &owners {
                for _ in 0..LOOKS {
                    times.push(timed(owner.get(list)).await.1);
                }
            }
            cells.push(percentile(&mut times, 50));
        }
        let mut times = Vec::new();
        for owner in &owners {
            let (marked, time) = timed(owner.mark_all_read()).await;
            assert_eq!(usize::try_from(marked), Ok(stored));
            times.push(time);
        }
        cells.push(percentile(&mut times, 50));
        println!("| {} |", cells.join(" | "));
    }
}

/// Owners with so much in each of their inboxes, one batch for each layer.
async fn filled(target: &Target, stored: usize, owners: usize) -> Vec<Client> {
    let (admin, mut filled) = (target.admin().await, Vec::new());
    while filled.len() < owners {
        filled.push(target.user().await);
    }
    let names: Vec<_> = filled.iter().map(Client::user).collect();
    let body = draft_for_many(&names, "One of many");
    let create = |_| async { admin.post_json(NOTIFICATIONS, &body).await.ok(201) };
    stream::iter(0..stored).map(create).buffer_unordered(CONCURRENT_CREATES).for_each(|_| async {}).await;
    tokio::time::sleep(UNTIL_COVERED).await;
    for owner in &filled {
        assert_eq!(usize::try_from(owner.unread_count().await), Ok(stored));
    }
    filled
}

async fn timed<T>(doing: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let done = doing.await;
    (done, began.elapsed())
}
