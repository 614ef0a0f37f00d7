//! The table of rule 3 as the documentation has it, written down a second time.

use belfry_domain::{Action, Letter};

/// Whether the action leads on from there. What only the watermark and the clock can tell is not in the table.
pub(crate) fn may_go(from: Letter, action: Action) -> bool {
    use Letter::{Archived, Read, Snoozed, Unread};
    match action {
        Action::MarkRead => matches!(from, Unread),
        Action::MarkUnread => matches!(from, Read | Archived | Snoozed),
        Action::Archive => matches!(from, Unread | Read | Snoozed),
        Action::Unarchive => matches!(from, Archived),
        Action::Snooze(_) => matches!(from, Unread | Read | Snoozed),
        Action::Delete => matches!(from, Unread | Read | Archived | Snoozed),
    }
}
