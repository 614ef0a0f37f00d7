//! Belfry from outside: what a caller, a browser and a stranger see over HTTP and WebSocket.
//!
//! Without further ado each test starts a runner of its own; `BELFRY_URL=http://localhost:8080 cargo test -p
//! belfry-tests` tests that one instead. "Nothing came" is shown by what comes next: the sender sends one more
//! notification, and that is the very next frame.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails fails its test")]

mod attacks;
mod create;
mod create_refused;
mod defects;
mod frames;
mod http;
mod isolation;
mod list;
mod list_walk;
mod many;
mod pages;
mod permissions;
mod races;
mod session;
mod socket_open;
mod story;
mod tokens;
mod watermark;
