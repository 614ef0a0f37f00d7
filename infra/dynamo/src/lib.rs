//! The embedded DynamoDB: `dynoxide` behind a loopback port, with the tables that `template.yaml` declares.
//!
//! The real SDK speaks to it over HTTP, so what is tested against it is what ships. It emulates no IAM, but answers only
//! callers who name the access key of this process. A [`Wire`] in front of it records calls and what they consume, and
//! breaks them on demand.

mod access_key;
mod call;
mod embedded;
mod meter;
mod private_files;
mod server;
mod tables;
mod wire;

pub use access_key::{AccessKey, access_key, require_access_key};
pub use call::{Call, Units};
pub use embedded::{Embedded, EmbeddedError};
pub use private_files::{create_private_file, create_private_folder, restrict_to_owner};
pub use tables::{Table, TemplateError, tables};
pub use wire::{Fault, Wire};

/// The tables' names, which are their logical ids in `template.yaml`.
pub mod names {
    /// Notifications and watermarks.
    pub const INBOX: &str = "InboxTable";
    /// Open sockets.
    pub const CONNECTIONS: &str = "ConnectionsTable";
    /// Users and credentials.
    pub const DIRECTORY: &str = "DirectoryTable";
}
