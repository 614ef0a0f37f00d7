//! Measures a running Belfry: `BELFRY_URL` names it, `BELFRY_PID` its process where that is on this machine. Of `frames`,
//! `read`, `resume`, `sockets` and `stored` those are measured that the arguments name, or all; best each on a Belfry just
//! started.
//!
//! It reports and gates nothing: a timing says as much about the machine as about Belfry.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

mod read;
mod resume;
mod sockets;
mod stored;

use std::time::{Duration, Instant};

use belfry_tests::{Client, Socket, Target};

const NOTIFICATIONS: usize = 300;

#[tokio::main]
async fn main() {
    if std::env::var("BELFRY_URL").is_err() {
        println!("BELFRY_URL must name a running Belfry.");
        std::process::exit(2);
    }
    let target = Target::start().await;
    let named: Vec<_> = std::env::args().skip(1).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);
    if wanted("frames") {
        create_to_frame(&target).await;
    }
    if wanted("read") {
        read::report(&target).await;
    }
    if wanted("resume") {
        resume::report(&target).await;
    }
    if wanted("sockets") {
        sockets::report(&target).await;
    }
    if wanted("stored") {
        stored::report(&target).await;
    }
}

/// One notification after another, from before the request to after the frame.
async fn create_to_frame(target: &Target) {
    let (admin, user) = (target.admin().await, target.user().await);
    let mut socket = Socket::open(&user).await;
    let mut times = Vec::with_capacity(NOTIFICATIONS);
    for _ in 0..NOTIFICATIONS {
        let began = Instant::now();
        ring(&admin, &user, &mut socket).await;
        times.push(began.elapsed());
    }
    let [p50, p99, max] = [50, 99, 100].map(|percent| percentile(&mut times, percent));
    println!("create to frame, {NOTIFICATIONS} one after another: p50 {p50}, p99 {p99}, max {max}");
}

async fn ring(admin: &Client, user: &Client, socket: &mut Socket) {
    let id = admin.notify(user, "How fast?").await;
    socket.next_ring(&id).await;
}

fn percentile(times: &mut [Duration], percent: usize) -> String {
    times.sort_unstable();
    let time = times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
