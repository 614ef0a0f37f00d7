//! The local runner: the same handlers as on AWS, in one process.
//!
//! It speaks HTTP and WebSocket as API Gateway does, turns both into Lambda events, serves `@connections`, and pumps
//! the table's stream into the fan-out. It is a development and small-server home: it emulates no IAM and no template.
//! In front of a deployed stack it is the one origin of page, API and socket, and nothing else.

mod addresses;
mod broadcast_queue;
mod connections;
mod data_file;
mod front;
mod gateway_http;
mod gateway_websocket;
mod handlers;
mod issuer;
mod listen;
mod oidc;
mod page;
mod problem;
mod server;
mod start_error;
mod stream_pump;

pub use addresses::{InvalidOrigin, Origin};
pub use front::{Host, InvalidHost, InvalidUrl, Stack, StackUrl};
pub use oidc::Oidc;
pub use server::{Options, Runner};
pub use start_error::StartError;
