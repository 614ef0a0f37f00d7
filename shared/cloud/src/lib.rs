//! Belfry on AWS: the inbox, the connections and the directory on DynamoDB, the push through API Gateway, and the
//! verification of callers.
//!
//! There is one store implementation, and it speaks to DynamoDB. Tests and the local runner change what answers
//! the wire, never this code.

pub mod accounts;
pub mod auth;
pub mod aws;
pub mod broadcasts;
pub mod clock;
pub mod config;
pub mod connection_closer;
pub mod connections;
pub mod dedup;
pub mod directory;
pub mod error;
pub mod identity;
pub mod inbox;
pub mod management_api;
pub mod queue;
mod retry;
pub mod telemetry;

pub use accounts::Accounts;
pub use auth::{AuthError, Authenticator, Caller, Origins, TokenVerifier};
pub use aws::Aws;
pub use broadcasts::{Broadcast, Broadcasts};
pub use config::{ConfigError, Environment};
pub use connection_closer::ConnectionCloser;
pub use connections::{Connection, Connections};
pub use dedup::Deduplicator;
pub use directory::Directory;
pub use error::StoreError;
pub use inbox::{Inbox, Listing};
pub use management_api::{ManagementApi, ManagementError};
pub use queue::{Queue, QueueError};
