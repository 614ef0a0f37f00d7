//! Bringing the notifications of the Django system into the inboxes: `docs/migrate.md` says how to get them out of it.
//!
//! Each line of the export is one notification. Its id comes from when it was created, its old id and its owner, and it is
//! written on condition that it isn't there: importing twice, or going on after a break, makes nothing twice, and brings
//! back nothing that its owner has deleted since. Its change is of now, as of everything that is written, so it is above
//! every read watermark and every cursor: an unread one is unread, and each device learns of all of them when it next asks.
//!
//! The stream can't tell an import from news. So nothing is written while anybody's socket is open, unless that is meant.

mod counts;
mod line;
mod options;
mod run;

pub use counts::Counts;
pub use line::{Legacy, OwnerField, Parsed};
pub use options::{Options, UsageError};
pub use run::{Importer, Stopped};
