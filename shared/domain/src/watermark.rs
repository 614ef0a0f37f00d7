//! Reading or seeing everything at once by moving one mark: rules 4 and 10 of `docs/consistency.md`.

use crate::{
    id::ChangeId,
    state::{State, Status},
    timestamp::Timestamp,
};

/// How far the read watermark stays behind the clock that moves it, in milliseconds. Whatever was committed by
/// another writer in that time may not have been visible to the reader who said "all".
pub const READ_LAG_MILLIS: i64 = 10_000;

/// How many past marks date a reading or a seeing; older ones fall out.
pub const HISTORY: usize = 20;

/// One move of a watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it went.
    pub to: ChangeId,
    /// When.
    pub at: Timestamp,
}

/// The marks of one inbox. Its items at or below a mark count as read, or seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watermarks {
    /// Unread items whose change is at or below this are read.
    pub read: Option<ChangeId>,
    /// Items whose change is at or below this have been seen in the list.
    pub seen: Option<ChangeId>,
    /// How the read watermark moved, newest first.
    pub read_history: Vec<Move>,
    /// How the seen watermark moved, newest first.
    pub seen_history: Vec<Move>,
    /// Whether anything was ever snoozed: where nothing was, nobody needs to look for what is due.
    pub has_snoozed: bool,
}

impl Watermarks {
    /// The read watermark that "mark all read" sets at `now`.
    pub fn read_mark_at(now: Timestamp) -> ChangeId {
        ChangeId::last_of(now.plus_millis(-READ_LAG_MILLIS))
    }

    /// Whether an item in `state` counts as read.
    pub fn is_read(&self, state: State) -> bool {
        state.status != Status::Unread || self.read.is_some_and(|mark| state.changed <= mark)
    }

    /// Everything up to here is out of the count of unseen items: what is read counts as seen.
    pub fn unseen_floor(&self) -> Option<ChangeId> {
        self.read.max(self.seen)
    }

    /// When an unread item with this change was read by watermark: at the first move that covers it.
    pub fn read_at(&self, changed: ChangeId) -> Option<Timestamp> {
        first_cover(&self.read_history, self.read, changed)
    }

    /// When an item that came with this change was seen in the list.
    pub fn seen_at(&self, changed: ChangeId) -> Option<Timestamp> {
        first_cover(&self.seen_history, self.seen, changed)
    }
}

/// A mark whose move has fallen out of the history dates by itself.
fn first_cover(history: &[Move], mark: Option<ChangeId>, changed: ChangeId) -> Option<Timestamp> {
    let covering = history.iter().filter(|moved| changed <= moved.to).min_by_key(|moved| moved.to);
    covering.map(|moved| moved.at).or(mark.filter(|mark| changed <= *mark).map(ChangeId::timestamp))
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
        let unread = |changed| State { status: Status::Unread, changed };
        assert!(marks.is_read(unread(at(100))));
        assert!(!marks.is_read(unread(at(101))));
        assert!(marks.is_read(State { status: Status::Archived, changed: at(101) }));
        assert!(!Watermarks::default().is_read(unread(at(1))));
    }

    #[test]
    fn the_first_move_that_covers_an_item_dates_its_reading() {
        let moved = |millis| Move { to: at(millis), at: Timestamp::from_millis(millis + READ_LAG_MILLIS) };
        let marks = Watermarks {
            read: Some(at(300)),
            read_history: vec![moved(300), moved(200), moved(100)],
            ..Watermarks::default()
        };
        assert_eq!(marks.read_at(at(150)), Some(moved(200).at));
        assert_eq!(marks.read_at(at(50)), Some(moved(100).at));
        assert_eq!(marks.read_at(at(301)), None);
    }

    #[test]
    fn what_is_read_is_out_of_the_unseen_count() {
        let marks = |read, seen| Watermarks { read, seen, ..Watermarks::default() };
        assert_eq!(marks(Some(at(5)), Some(at(3))).unseen_floor(), Some(at(5)));
        assert_eq!(marks(None, Some(at(3))).unseen_floor(), Some(at(3)));
        assert_eq!(marks(None, None).unseen_floor(), None);
    }
}
