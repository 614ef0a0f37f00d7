//! Imports the notifications of the Django system into the inboxes: `docs/migrate.md` says how to export them.
//!
//! Each line of the export is one notification. Its id derives from its creation time, its old id and its owner, and it
//! is written on condition that it isn't there. So importing twice, or continuing after a break, creates nothing twice,
//! and brings back nothing that its owner has deleted since. Its change id is minted now, as for every write, so it is
//! above every read watermark and every cursor: an unread notification stays unread, and each device gets all of them
//! by its next resume.
//!
//! The stream can't distinguish an import from a new notification. So the import refuses to write while anybody is
//! connected, unless an option allows it.

mod counts;
mod line;
mod options;
mod run;

pub use counts::Counts;
pub use line::{Legacy, OwnerField, Parsed};
pub use options::{Options, UsageError};
pub use run::{Importer, Stopped};
