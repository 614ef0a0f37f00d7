//! Half an hour in the life of a Belfry: many users, several devices each that come and go, creates at a steady rate,
//! owners who read, archive and delete. A ledger of everything that was accepted says in the end whether it held: each
//! accepted notification is in its owner's inbox once and was told to each of their devices, nothing reached a stranger,
//! and all devices show what the inbox holds.
//!
//! `cargo run --release -p belfry-tests --bin soak -- --minutes 30` starts a runner of its own, or soaks the one that
//! `BELFRY_URL` names. It ends with an error where something didn't hold, and says with which seed.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what can't be asked or read ends the soak")]

mod device;
mod host;
mod ledger;
mod options;
mod owner;
mod sender;
mod verdict;
mod view;

use std::{process::ExitCode, sync::Arc, time::Duration};

use belfry_tests::{Client, Target};
use tokio::{sync::watch, task::JoinSet, time::sleep};

use device::Device;
use ledger::Ledger;
use options::Options;

/// How many of each user's devices come back with a cursor, and how many begin anew each time.
const DEVICES_OF_A_KIND: usize = 2;

const PROGRESS: Duration = Duration::from_mins(1);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments == ["serve"] {
        return host::serve().await;
    }
    let options = match Options::parse(&arguments) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let host = host::Host::find_or_start();
    let violations = Box::pin(soak(&options, &Target::at(host.url()), || host.resident_kib())).await;
    for violation in violations.iter().take(20) {
        println!("VIOLATION {violation}");
    }
    println!("{} violations; seed {}", violations.len(), options.seed);
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Everything that didn't hold.
async fn soak(options: &Options, target: &Target, resident_kib: impl Fn() -> Option<u64>) -> Vec<String> {
    println!("seed {}; {options:?}; {}", options.seed, target.url());
    fastrand::seed(options.seed);
    let (admin, ledger) = (target.admin().await, Arc::new(Ledger::default()));
    let mut users = Vec::new();
    for _ in 0..options.users {
        users.push(target.user().await);
    }
    let before = resident_kib();
    let (stop_devices, stopped) = watch::channel(false);
    let devices = devices(options, &users, &ledger, &stopped);
    let (stop, stopped) = watch::channel(false);
    let doing = doing(options, admin, &users, &ledger, &stopped);
    sleep(options.time).await;
    let _ = stop.send(true);
    ended(doing, &ledger).await;
    let _ = stop_devices.send(true);
    let devices = ended(devices, &ledger).await;
    verdict::judge(&users, &devices, &ledger).await;
    println!("{}", ledger.figures());
    match (before, resident_kib()) {
        (Some(before), Some(after)) => {
            println!("resident memory: {} MiB before, {} MiB after", before / 1024, after / 1024);
        }
        _ => println!("resident memory: set BELFRY_PID to see it"),
    }
    ledger.violations()
}

fn devices(
    options: &Options,
    users: &[Client],
    ledger: &Arc<Ledger>,
    stopped: &watch::Receiver<bool>,
) -> JoinSet<Device> {
    let (mut devices, mut number) = (JoinSet::new(), 0);
    for user in users {
        for resumes in [true, false].repeat(DEVICES_OF_A_KIND) {
            number += 1;
            let device = Device::new(user.clone(), resumes, options.rng(number), Arc::clone(ledger));
            devices.spawn(device.live(stopped.clone()));
        }
    }
    devices
}

/// The sender, the owners, and the line that tells how far it is.
fn doing(
    options: &Options,
    admin: Client,
    users: &[Client],
    ledger: &Arc<Ledger>,
    stopped: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut doing = JoinSet::new();
    let sender = sender::Sender { admin, users: users.to_vec(), ledger: Arc::clone(ledger) };
    doing.spawn(sender.send(options.rng(0), options.rate, stopped.clone()));
    for (number, user) in (1_000_000..).zip(users) {
        doing.spawn(owner::act(user.clone(), options.rng(number), Arc::clone(ledger), stopped.clone()));
    }
    doing.spawn(progress(Arc::clone(ledger), stopped.clone()));
    doing
}

/// Returns when everything is to end.
async fn end(stopped: &mut watch::Receiver<bool>) {
    // Where nobody can say so any more, it is.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// What the tasks returned. One that panicked is a violation.
async fn ended<T: 'static>(mut tasks: JoinSet<T>, ledger: &Ledger) -> Vec<T> {
    let mut returned = Vec::new();
    while let Some(task) = tasks.join_next().await {
        match task {
            Ok(value) => returned.push(value),
            Err(error) => ledger.violation(format!("a client gave up: {error}")),
        }
    }
    returned
}

async fn progress(ledger: Arc<Ledger>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = end(&mut stopped) => return,
            () = sleep(PROGRESS) => println!("{}", ledger.figures()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_few_seconds_hold() {
        let options = Options { time: Duration::from_secs(5), users: 3, rate: 20, seed: 1 };
        let violations = Box::pin(soak(&options, &Target::start().await, || None)).await;
        assert_eq!(violations, Vec::<String>::new());
    }
}
