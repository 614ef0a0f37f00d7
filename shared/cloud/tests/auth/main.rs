//! Who is calling: which tokens and tickets are believed, and for how long.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod admit;
mod algorithms;
mod keys;
mod redeem;
#[path = "../support/mod.rs"]
mod support;
mod tokens;
mod trust;
