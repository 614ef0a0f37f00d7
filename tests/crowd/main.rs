//! A broadcast to very many, in a runner that is killed twice in the midst of it: each recipient has it once. And single
//! notifications beside one, at its own pace. `cargo run --release -p belfry-tests --bin crowd -- --recipients 100000`.
//!
//! Whether it is right decides the exit code; the timings are reported and decide nothing.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "its output is its purpose; what fails ends it"
)]

mod host;
mod recipients;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use belfry_tests::{Client, NOTIFICATIONS, Socket, Target};
use host::Host;
use recipients::Crowd;
use serde_json::{Value, json};

const TOPIC: &str = "crowd";

/// Single notifications before a broadcast, and beside it.
const SINGLES: usize = 200;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", data] => host::serve(data).await,
        [] => run(100_000).await,
        ["--recipients", count] if count.parse::<usize>().is_ok_and(|count| count > 0) => {
            run(count.parse().unwrap()).await
        }
        _ => {
            println!("Usage: crowd [--recipients 100000]");
            ExitCode::from(2)
        }
    }
}

async fn run(recipients: usize) -> ExitCode {
    let began = Instant::now();
    let crowd = Crowd::seed(recipients).await;
    println!("{recipients} subscribers written in {:.1?}", began.elapsed());
    let right = killed_twice(&crowd).await && beside_singles(&crowd).await;
    println!("{}", if right { "right" } else { "WRONG" });
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// As fast as it goes.
async fn killed_twice(crowd: &Crowd) -> bool {
    let rate = [("BROADCAST_RATE", "10000")];
    let mut host = Host::start(crowd.file(), &rate);
    let path = announce(&Target::at(host.url()).admin().await).await;
    let (mut began, mut working, mut kills) = (Instant::now(), Duration::ZERO, Vec::new());
    for third in 1..=2 {
        until(host.url(), &path, |broadcast| told(broadcast) >= crowd.size() * third / 3).await;
        working += began.elapsed();
        host.kill();
        kills.push(crowd.told().await);
        host = Host::start(crowd.file(), &rate);
        began = Instant::now();
    }
    let done = until(host.url(), &path, |broadcast| broadcast["status"] == "done").await;
    working += began.elapsed();
    host.stop();
    let (told_once, recipients) = (crowd.check(&path).await, told(&done));
    println!(
        "killed at {kills:?} of {}: {recipients} told, {} failed, {told_once} have it exactly once; {:.1?}, {:.0} a second",
        crowd.size(),
        done["failed"],
        working,
        rate_of(recipients, working),
    );
    (recipients, told_once) == (crowd.size(), crowd.size())
}

/// At the pace that is the default.
async fn beside_singles(crowd: &Crowd) -> bool {
    let host = Host::start(crowd.file(), &[]);
    let target = Target::at(host.url());
    let (admin, user) = (target.admin().await, target.user().await);
    let mut socket = Socket::open(&user).await;
    let alone = singles(&admin, &user, &mut socket).await;
    let path = announce(&admin).await;
    let began = Instant::now();
    until(host.url(), &path, |broadcast| told(broadcast) > 0).await;
    let beside = singles(&admin, &user, &mut socket).await;
    let (now, elapsed) = (admin.get(&path).await.ok(200), began.elapsed());
    println!("singles alone, create to frame: {alone}");
    println!("beside a broadcast that told {:.0} a second: {beside}", rate_of(told(&now), elapsed));
    let still = now["status"] == "running" || told(&now) == crowd.size();
    admin.post(&format!("{path}cancel/")).await.ok(200);
    host.stop();
    still
}

async fn announce(admin: &Client) -> String {
    let body =
        json!({ "topic": TOPIC, "title": "To all", "message": "Of the crowd.", "notification_type": "info" });
    let broadcast = admin.post_json(NOTIFICATIONS, &body).await.ok(202);
    format!("/api/broadcasts/{}/", broadcast["broadcast_id"].as_str().unwrap())
}

/// The broadcast once it is so.
async fn until(url: &str, path: &str, so: impl Fn(&Value) -> bool) -> Value {
    let admin = Target::at(url).admin().await;
    loop {
        let broadcast = admin.get(path).await.ok(200);
        if so(&broadcast) {
            return broadcast;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn told(broadcast: &Value) -> usize {
    usize::try_from(broadcast["recipients"].as_u64().unwrap()).unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn rate_of(recipients: usize, time: Duration) -> f64 {
    recipients as f64 / time.as_secs_f64()
}

/// One notification after another, from before the request to after the frame.
async fn singles(admin: &Client, user: &Client, socket: &mut Socket) -> String {
    let mut times = Vec::with_capacity(SINGLES);
    for _ in 0..SINGLES {
        let began = Instant::now();
        let id = admin.notify(user, "How fast?").await;
        socket.next_ring(&id).await;
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort_unstable();
    let [p50, p99, max] =
        [50, 99, 100].map(|percent| times[(times.len() * percent / 100).min(times.len() - 1)]);
    format!("p50 {p50:.1?}, p99 {p99:.1?}, max {max:.1?}")
}
