//! What a black-box test needs: a Belfry to talk to, people who talk to it, and their sockets.
//!
//! Everything goes over HTTP and WebSocket, so the same suite runs against the local runner and against whatever
//! `BELFRY_URL` names, as long as that offers the demo sign-in. Waiting is by condition: time decides no test, it only
//! ends one that would wait for ever.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a helper that fails fails its test"
)]

mod answer;
mod client;
mod drafts;
mod forge;
mod inbox;
mod moment;
mod process;
mod socket;
mod target;

pub use answer::Answer;
pub use client::{Client, session_cookie};
pub use drafts::{draft, draft_for_many};
pub use forge::{Claims, Forge};
pub use inbox::{NOTIFICATIONS, STATUSES, event, ids, keys, path_of, pointers, requested};
pub use moment::{Clock, Moment};
pub use process::resident_kib;
pub use socket::Socket;
pub use target::Target;

use std::{future::Future, time::Duration};

/// How long anything may take before a test gives up on it.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The future's output, or a failed test that says what didn't come.
pub(crate) async fn within_deadline<F: Future>(what: &str, future: F) -> F::Output {
    let output = tokio::time::timeout(DEADLINE, future).await;
    output.unwrap_or_else(|_| panic!("{what}: nothing within {} s", DEADLINE.as_secs()))
}
