//! Belfry from outside: what a caller, a browser and a stranger see over HTTP and WebSocket.
//!
//! Without further ado each test starts a runner of its own; `BELFRY_URL=http://localhost:8080 cargo test -p
//! belfry-tests` tests that one instead. "Nothing came" is shown by what comes next: the sender sends one more
//! notification, and that is the very next frame.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails fails its test")]

mod access_ends;
mod attacks;
mod broadcasts;
mod create;
mod create_many;
mod create_refused;
mod defects;
mod document;
mod edit;
mod errors;
mod etag;
mod events;
mod every_route;
mod every_route_isolates;
mod frames;
mod http;
mod idempotency;
mod isolation;
mod limits;
mod list;
mod list_inserts;
mod list_status;
mod list_walk;
mod many;
mod original;
mod own_page;
mod pages;
mod permissions;
mod races;
mod rate_limit;
mod resume;
mod seen;
mod session;
mod slow;
mod snooze;
mod socket_open;
mod story;
mod strict_input;
mod tickets;
mod tokens;
mod transitions;
mod unread_again;
mod watermark;
