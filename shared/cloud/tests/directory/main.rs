//! The directory: keys that make requests happen once, tickets, users and revoked tokens.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod bursts;
mod idempotency;
mod members;
mod rate_limits;
mod replays;
mod revoked;
#[path = "../support/mod.rs"]
mod support;
mod tickets;
mod topics;
mod users;
