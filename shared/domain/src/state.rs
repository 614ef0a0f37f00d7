//! The state of a notification and where it may go: rule 3 of `docs/consistency.md`.

use std::{fmt, str::FromStr};

use crate::{
    id::{ChangeId, InvalidId},
    timestamp::Timestamp,
};

/// The first character of a state: what the owner did with the notification last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `u`: unread, unless the read watermark covers it.
    Unread,
    /// `r`: read one by one.
    Read,
    /// `a`: out of the list, kept.
    Archived,
    /// `s`: hidden until its time.
    Snoozed,
    /// `d`: deleted; a tombstone for devices that are offline. Final.
    Deleted,
}

impl Status {
    /// All statuses, for those who must look at every one.
    pub const ALL: [Self; 5] = [Self::Unread, Self::Read, Self::Archived, Self::Snoozed, Self::Deleted];

    /// How it is stored.
    pub const fn as_char(self) -> char {
        match self {
            Self::Unread => 'u',
            Self::Read => 'r',
            Self::Archived => 'a',
            Self::Snoozed => 's',
            Self::Deleted => 'd',
        }
    }
}

/// What an owner does with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Has read it.
    MarkRead,
    /// Makes it unread again; a snoozed or archived one comes back to the list.
    MarkUnread,
    /// Puts it away, read.
    Archive,
    /// Takes it back, read as it was.
    Unarchive,
    /// Hides it until then; it comes back unread.
    Snooze(Timestamp),
    /// Throws it away.
    Delete,
}

impl Action {
    /// The status that it leads to.
    pub const fn to(self) -> Status {
        match self {
            Self::MarkRead | Self::Unarchive => Status::Read,
            Self::MarkUnread => Status::Unread,
            Self::Archive => Status::Archived,
            Self::Snooze(_) => Status::Snoozed,
            Self::Delete => Status::Deleted,
        }
    }

    /// The statuses from which it leads there. What would change nothing is not among them; what the read watermark makes of
    /// an unread item is added where the watermark is known.
    pub const fn allowed_from(self) -> &'static [Status] {
        match self {
            Self::MarkRead => &[Status::Unread],
            Self::MarkUnread => &[Status::Read, Status::Archived, Status::Snoozed],
            Self::Archive | Self::Snooze(_) => &[Status::Unread, Status::Read, Status::Snoozed],
            Self::Unarchive => &[Status::Archived],
            Self::Delete => &[Status::Unread, Status::Read, Status::Archived, Status::Snoozed],
        }
    }
}

/// A status and the change that set it; written `<status>#<change id>`, the sort key of the index `by_state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What the owner did last.
    pub status: Status,
    /// Which change did it.
    pub changed: ChangeId,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.status.as_char(), self.changed)
    }
}

impl FromStr for State {
    type Err = InvalidState;

    fn from_str(text: &str) -> Result<Self, InvalidState> {
        let (status, changed) = text.split_once('#').ok_or(InvalidState::Form)?;
        let status = Status::ALL
            .into_iter()
            .find(|known| status.chars().eq([known.as_char()]))
            .ok_or(InvalidState::Form)?;
        Ok(Self { status, changed: changed.parse()? })
    }
}

/// A stored state that this version can't read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidState {
    /// Not `<status>#<change id>`.
    #[error("a state must be <u|r|a|s|d>#<change id>")]
    Form,
    /// The change id isn't one.
    #[error("the change id of a state {0}")]
    Changed(#[from] InvalidId),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(status: Status, millis: i64) -> State {
        State { status, changed: ChangeId::last_of(Timestamp::from_millis(millis)) }
    }

    #[test]
    fn a_state_reads_back_as_it_was_written() {
        for status in Status::ALL {
            let written = state(status, 1_795_362_142_070);
            assert_eq!(written.to_string().parse(), Ok(written));
        }
        for bad in [
            "",
            "u",
            "x#0199c000-0000-7000-8000-000000000000",
            "uu#0199c000-0000-7000-8000-000000000000",
            "u#1",
        ] {
            assert!(bad.parse::<State>().is_err(), "{bad}");
        }
    }

    const ACTIONS: [Action; 6] = [
        Action::MarkRead,
        Action::MarkUnread,
        Action::Archive,
        Action::Unarchive,
        Action::Snooze(Timestamp::from_millis(1)),
        Action::Delete,
    ];

    #[test]
    fn nothing_leaves_deleted() {
        for action in ACTIONS {
            assert!(!action.allowed_from().contains(&Status::Deleted));
        }
    }
}
