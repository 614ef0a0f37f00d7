//! The state of a notification and where it may go: rule 3 of `docs/consistency.md`.

use std::{fmt, str::FromStr};

use crate::{
    id::{ChangeId, InvalidId},
    timestamp::Timestamp,
};

/// The first character of a state: what the owner did with the notification last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Letter {
    /// `u`: news, unless the read watermark covers it.
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

impl Letter {
    /// All letters, for those who must look at every one.
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
    /// Makes it news again; a snoozed or archived one comes back to the list.
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
    /// The letter that it leads to.
    pub const fn to(self) -> Letter {
        match self {
            Self::MarkRead | Self::Unarchive => Letter::Read,
            Self::MarkUnread => Letter::Unread,
            Self::Archive => Letter::Archived,
            Self::Snooze(_) => Letter::Snoozed,
            Self::Delete => Letter::Deleted,
        }
    }

    /// The letters from which it leads there. What would change nothing is not among them; what the read watermark makes of
    /// an unread item is added where the watermark is known.
    pub const fn allowed_from(self) -> &'static [Letter] {
        match self {
            Self::MarkRead => &[Letter::Unread],
            Self::MarkUnread => &[Letter::Read, Letter::Archived, Letter::Snoozed],
            Self::Archive | Self::Snooze(_) => &[Letter::Unread, Letter::Read, Letter::Snoozed],
            Self::Unarchive => &[Letter::Archived],
            Self::Delete => &[Letter::Unread, Letter::Read, Letter::Archived, Letter::Snoozed],
        }
    }
}

/// A letter and the change that set it; written `<letter>#<change id>`, the sort key of the index `by_state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// What the owner did last.
    pub letter: Letter,
    /// Which change did it.
    pub changed: ChangeId,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.letter.as_char(), self.changed)
    }
}

impl FromStr for State {
    type Err = InvalidState;

    fn from_str(text: &str) -> Result<Self, InvalidState> {
        let (letter, changed) = text.split_once('#').ok_or(InvalidState::Form)?;
        let letter = Letter::ALL
            .into_iter()
            .find(|known| letter.chars().eq([known.as_char()]))
            .ok_or(InvalidState::Form)?;
        Ok(Self { letter, changed: changed.parse()? })
    }
}

/// A stored state that this version can't read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidState {
    /// Not `<letter>#<change id>`.
    #[error("a state must be <u|r|a|s|d>#<change id>")]
    Form,
    /// The change id isn't one.
    #[error("the change id of a state {0}")]
    Changed(#[from] InvalidId),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(letter: Letter, millis: i64) -> State {
        State { letter, changed: ChangeId::last_of(Timestamp::from_millis(millis)) }
    }

    #[test]
    fn a_state_reads_back_as_it_was_written() {
        for letter in Letter::ALL {
            let written = state(letter, 1_795_362_142_070);
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
            assert!(!action.allowed_from().contains(&Letter::Deleted));
        }
    }
}
