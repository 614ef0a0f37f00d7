//! What a notification is and which rules hold for it.
//!
//! Pure on purpose: no AWS crate, no async runtime, no clock and no environment, so that every rule can be
//! driven by a simulation. The rules are numbered in `docs/consistency.md`.

pub mod audience;
pub mod body;
pub mod content;
pub mod cursor;
pub mod draft;
pub mod edit;
pub mod event;
pub mod frame;
pub mod id;
mod json;
pub mod notification;
pub mod retention;
pub mod role;
pub mod state;
pub mod text;
pub mod timestamp;
mod visible;
pub mod watermark;

pub use audience::{Audience, Recipients};
pub use content::{Content, ContentEdit, NotificationType};
pub use cursor::{Cursor, Direction};
pub use draft::{CreateRequest, Draft};
pub use edit::Edit;
pub use event::{Event, EventSender};
pub use id::{ChangeId, NotificationId, UserId};
pub use notification::{Notification, NotificationView};
pub use retention::Retention;
pub use role::{Permission, Role, RoleType};
pub use state::{Action, State, Status};
pub use timestamp::Timestamp;
pub use watermark::Watermarks;
