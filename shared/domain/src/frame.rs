//! The frames of the WebSocket, both ways.

mod client;
mod notification;
mod server;
mod sync;

pub use client::{ClientFrame, InvalidFrame};
pub use notification::NotificationFrame;
pub use server::{Reconnect, ServerFrame, Sync, Welcome};
pub use sync::{Change, SyncFrames};

/// The largest frame API Gateway carries, in bytes.
pub const MAX_FRAME_BYTES: usize = 32 * 1024;

/// Unread counts in frames stop here: clients show "99+".
pub const COUNT_CAP: usize = 100;
