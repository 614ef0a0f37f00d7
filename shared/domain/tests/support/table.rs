//! The table of rule 3 as the documentation has it, written down a second time.

use belfry_domain::{Action, Status};

/// Whether the action leads on from there. What only the watermark and the clock can tell is not in the table.
pub(crate) fn may_go(from: Status, action: Action) -> bool {
    use Status::{Archived, Read, Snoozed, Unread};
    match action {
        Action::MarkRead => matches!(from, Unread),
        Action::MarkUnread => matches!(from, Read | Archived | Snoozed),
        Action::Archive => matches!(from, Unread | Read | Snoozed),
        Action::Unarchive => matches!(from, Archived),
        Action::Snooze(_) => matches!(from, Unread | Read | Snoozed),
        Action::Delete => matches!(from, Unread | Read | Archived | Snoozed),
    }
}
