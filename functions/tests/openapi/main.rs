//! `docs/openapi.json`: what the API says of itself, and whether it is so.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod answers;
mod document;
mod requests;
mod routes;
mod schema;
#[path = "../support/mod.rs"]
mod support;
