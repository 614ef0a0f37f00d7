//! The inbox on the embedded DynamoDB: what is stored, listed, counted and marked.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod create;
mod delete;
mod expiry;
mod gaps;
mod kept;
mod lists;
mod many;
mod mark_all;
mod mark_read;
mod revise;
mod seen;
mod snooze;
mod states;
#[path = "../support/mod.rs"]
mod support;
mod types;
mod unread;
mod wake;
mod walks;
