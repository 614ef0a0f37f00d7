//! The inbox on the embedded DynamoDB: what is stored, listed, counted and marked.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod create;
mod delete;
mod expiry;
mod gaps;
mod lists;
mod mark_all;
mod mark_read;
#[path = "../support/mod.rs"]
mod support;
