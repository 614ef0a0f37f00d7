//! Measures a running Belfry: `BELFRY_URL` names it, `BELFRY_PID` its process where that is on this machine. Of `frames`,
//! `sockets` and `stored` those are measured that the arguments name, or all; best each on a Belfry just started.
//!
//! It reports and gates nothing: a timing says as much about the machine as about Belfry.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

mod stored;

use std::time::{Duration, Instant};

use belfry_tests::{Client, Socket, Target};

const NOTIFICATIONS: usize = 300;
const SOCKETS: usize = 1_000;

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
    if wanted("sockets") {
        idle_sockets(&target).await;
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

/// What a process with that many open, silent sockets takes, each of a user of its own.
async fn idle_sockets(target: &Target) {
    let before = resident_kib();
    let mut sockets = Vec::with_capacity(SOCKETS);
    for number in 1..=SOCKETS {
        let user = target.sign_in(&format!("user-{number:04}")).await;
        sockets.push(Socket::open(&user).await);
    }
    match (before, resident_kib()) {
        (Some(before), Some(after)) => println!(
            "resident memory: {} MiB before, {} MiB with {} idle sockets",
            before / 1024,
            after / 1024,
            sockets.len(),
        ),
        _ => println!("resident memory: set BELFRY_PID to see it"),
    }
}

/// `VmRSS` of the process that `BELFRY_PID` names (Linux, proc(5)).
fn resident_kib() -> Option<u64> {
    let pid = std::env::var("BELFRY_PID").ok()?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
}

fn percentile(times: &mut [Duration], percent: usize) -> String {
    times.sort_unstable();
    let time = times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
