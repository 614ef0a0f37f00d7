//! Reading everything at once by moving one mark: rules 4 and 10 of `docs/consistency.md`.

use crate::{
    id::ChangeId,
    state::{Letter, State},
    timestamp::Timestamp,
};

/// How far the read watermark stays behind the clock that moves it, in milliseconds. Whatever was committed by
/// another writer in that time may not have been visible to the reader who said "all".
pub const READ_LAG_MILLIS: i64 = 10_000;

/// How many past watermarks date a reading; older ones fall out.
pub const READ_HISTORY: usize = 20;

/// The marks of one inbox. Its items at or below a mark count as read, or seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watermarks {
    /// Unread items whose change is at or below this are read.
    pub read: Option<ChangeId>,
    /// Items whose change is at or below this have been seen in the list.
    pub seen: Option<ChangeId>,
    /// Read watermarks in the order they were set, newest first.
    pub read_history: Vec<ChangeId>,
}

impl Watermarks {
    /// The read watermark that "mark all read" sets at `now`.
    pub fn read_mark_at(now: Timestamp) -> ChangeId {
        ChangeId::last_of(now.plus_millis(-READ_LAG_MILLIS))
    }

    /// Whether an item in `state` counts as read.
    pub fn is_read(&self, state: State) -> bool {
        state.letter != Letter::Unread || self.read.is_some_and(|mark| state.changed <= mark)
    }

    /// When an unread item with this change was read by watermark: at the first mark that covers it. A mark trails
    /// its clock by [`READ_LAG_MILLIS`], so the mark itself tells the time.
    pub fn read_at(&self, changed: ChangeId) -> Option<Timestamp> {
        let covering = |mark: &&ChangeId| changed <= **mark;
        let first = self.read_history.iter().filter(covering).min().or(self.read.as_ref().filter(covering));
        first.map(|mark| mark.timestamp().plus_millis(READ_LAG_MILLIS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> ChangeId {
        ChangeId::last_of(Timestamp::from_millis(millis))
    }

    #[test]
    fn only_an_unread_item_above_the_mark_is_unread() {
        let marks = Watermarks { read: Some(at(100)), ..Watermarks::default() };
        let unread = |changed| State { letter: Letter::Unread, changed };
        assert!(marks.is_read(unread(at(100))));
        assert!(!marks.is_read(unread(at(101))));
        assert!(marks.is_read(State { letter: Letter::Archived, changed: at(101) }));
        assert!(!Watermarks::default().is_read(unread(at(1))));
    }

    #[test]
    fn the_first_mark_that_covers_an_item_dates_its_reading() {
        let marks =
            Watermarks { read: Some(at(300)), seen: None, read_history: vec![at(300), at(200), at(100)] };
        assert_eq!(marks.read_at(at(150)), Some(Timestamp::from_millis(200 + READ_LAG_MILLIS)));
        assert_eq!(marks.read_at(at(50)), Some(Timestamp::from_millis(100 + READ_LAG_MILLIS)));
        assert_eq!(marks.read_at(at(301)), None);
    }
}
