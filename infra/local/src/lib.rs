//! The local runner: the same handlers as on AWS, in one process.
//!
//! It speaks HTTP and WebSocket as API Gateway does, turns both into Lambda events, serves `@connections`, and pumps
//! the table's stream into the fan-out. It is a development and small-server home: it emulates no IAM and no template.

mod connections;
mod data_file;
mod gateway_http;
mod gateway_websocket;
mod handlers;
mod issuer;
mod page;
mod server;
mod stream_pump;

pub use server::{Options, Runner, StartError};
