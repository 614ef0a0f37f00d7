//! What open sockets take that are silent, each of a user of its own.

use belfry_tests::{Socket, Target, resident_kib};

const SOCKETS: u64 = 1_000;

pub(crate) async fn report(target: &Target) {
    let before = resident();
    let mut sockets = Vec::new();
    for number in 1..=SOCKETS {
        let user = target.sign_in(&format!("user-{number:04}")).await;
        sockets.push(Socket::open(&user).await);
    }
    match (before, resident()) {
        (Some(before), Some(after)) => println!(
            "resident memory: {} MiB before, {} MiB with {SOCKETS} idle sockets, {:.1} KiB each",
            before / 1024,
            after / 1024,
            f64::from(u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX)) / f64::from(1_000_u32),
        ),
        _ => println!("resident memory: set BELFRY_PID to see it"),
    }
}

/// Of the process that `BELFRY_PID` names.
fn resident() -> Option<u64> {
    resident_kib(std::env::var("BELFRY_PID").ok()?.parse().ok()?)
}
