//! Why the runner didn't start.

use std::path::PathBuf;

use belfry_cloud::{ConfigError, StoreError, auth::InvalidIssuer};
use belfry_dynamo::EmbeddedError;

use crate::issuer::IssuerError;

/// Why the runner didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("port {0} is in use; choose another with --port")]
    PortInUse(u16),
    /// The port can't be used for another reason.
    #[error("port {0} can't be used: {1}")]
    Port(u16, std::io::Error),
    /// The database didn't start.
    #[error(transparent)]
    Database(#[from] EmbeddedError),
    /// A file of an earlier run can't be restricted to its owner.
    #[error("{0} can't be restricted to its owner: {1}")]
    Private(PathBuf, std::io::Error),
    /// The settings that the runner makes for the functions don't suit them.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// The functions don't accept the URL of the demo's issuer.
    #[error("the issuer {0}")]
    IssuerUrl(#[from] InvalidIssuer),
    /// The issuer has no key.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// What an earlier run left unfinished can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stream of the inbox can't be read.
    #[error("the stream can't be read: {0}")]
    Stream(String),
}
