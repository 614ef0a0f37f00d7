//! What operators see: log lines, metrics and traces. And what they never see: whose notification it is, and what it says.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod canaries;
mod capture;
mod lambda;
mod liar;
mod lines;
mod metrics;
mod paths;
mod secrets;
mod spoilt;
#[path = "../support/mod.rs"]
mod support;
mod traces;
