//! What of an inbox is read: a list, and a page of it.

use belfry_domain::{Cursor, NotificationType};

/// Which list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// What is in the inbox, by creation.
    All,
    /// What is unread, by when it became so.
    Unread,
    /// What of the inbox is read, by creation.
    Read,
    /// What was put away, by when it was.
    Archived,
    /// What sleeps, by when it was put to sleep.
    Snoozed,
}

impl Listing {
    /// All lists, in the order the documentation names them.
    pub const ALL: [Self; 5] = [Self::All, Self::Unread, Self::Read, Self::Archived, Self::Snoozed];

    /// Its name in a query, under which cursors belong to it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Archived => "archived",
            Self::Snoozed => "snoozed",
        }
    }
}

/// Which page of which list is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// The list.
    pub listing: Listing,
    /// Only notifications of this type.
    pub notification_type: Option<NotificationType>,
    /// Where the page begins; at the newest where there is none.
    pub cursor: Option<Cursor>,
    /// How many notifications a page holds, 1 to 100.
    pub limit: usize,
}
