//! `template.yaml` says what the code does: routes, bins, environment, tables, permissions.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod alarms;
mod edge;
mod emitted;
mod environment;
mod functions;
mod limits;
mod names;
mod permissions;
mod retained;
mod routes;
mod signals;
mod stream;
#[path = "../support/mod.rs"]
mod support;
mod template;
mod walk;
