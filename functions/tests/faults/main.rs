//! The promise, in bad weather: *each accepted notification is in its owner's inbox exactly once, every device that is or
//! comes back online shows it once, what is done on one device shows on all, and nothing reaches a stranger.*
//!
//! The functions themselves write to the embedded DynamoDB over a wire that fails, and post to an `@connections` that does,
//! too; the stream is read as Lambda reads it, with kills and repetitions. `BELFRY_SEEDS=n` lives n histories,
//! `BELFRY_SEED=n` history n alone.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod access;
mod broadcast;
mod device;
mod history;
mod killed;
mod ledger;
mod opens;
mod outage;
mod poller;
mod posts;
mod refused;
#[path = "../support/mod.rs"]
mod support;
mod truth;
