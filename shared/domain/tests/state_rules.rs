//! Rules 3 and 4 of `docs/consistency.md` as properties: the whole table of where a state may go, what a refused writer
//! does next, and what the read watermark covers. Every letter is here, also those that no route writes yet.

use belfry_domain::{
    ChangeId, Letter, State, Timestamp, Watermarks, state::Conflict, watermark::READ_LAG_MILLIS,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// The table as the documentation has it, written down a second time.
fn may_go(from: Letter, to: Letter) -> bool {
    use Letter::{Archived, Deleted, Read, Snoozed, Unread};
    match to {
        Read => matches!(from, Unread),
        Unread => matches!(from, Read | Archived | Snoozed),
        Archived => matches!(from, Unread | Read | Snoozed),
        Snoozed => matches!(from, Unread | Read),
        Deleted => matches!(from, Unread | Read | Archived | Snoozed),
    }
}

fn letter() -> impl Strategy<Value = Letter> {
    select(Letter::ALL.to_vec())
}

fn change_at(millis: i64, noise: [u8; 10]) -> ChangeId {
    uuid::Builder::from_unix_timestamp_millis(millis.cast_unsigned(), &noise).into_uuid().into()
}

/// Change ids close enough to each other to meet.
fn change() -> impl Strategy<Value = ChangeId> {
    let minted = (1_000_000_i64..1_000_005, any::<[u8; 10]>()).prop_map(|(at, noise)| change_at(at, noise));
    let few = select(vec![[0; 10], [0xff; 10]]);
    prop_oneof![minted, (1_000_000_i64..1_000_005, few).prop_map(|(at, noise)| change_at(at, noise))]
}

fn state() -> impl Strategy<Value = State> {
    (letter(), change()).prop_map(|(letter, changed)| State { letter, changed })
}

/// The condition of rule 3, as the store puts it.
fn accepts(found: State, new: State) -> bool {
    found.changed < new.changed && new.letter.allowed_from().contains(&found.letter)
}

/// Writes as a writer alone with the item does, and returns how many attempts that took.
fn write(item: &mut State, mut new: State) -> usize {
    for attempt in 1..10 {
        if accepts(*item, new) {
            *item = new;
            return attempt;
        }
        match new.conflict_with(*item) {
            Conflict::Behind(next) => new.changed = next,
            Conflict::Ours | Conflict::Forbidden => return attempt,
        }
    }
    10
}

#[test]
fn a_state_goes_where_the_table_lets_it() {
    for to in Letter::ALL {
        for from in Letter::ALL {
            assert_eq!(to.allowed_from().contains(&from), may_go(from, to), "{from:?} to {to:?}");
        }
    }
}

proptest! {
    // What a failing case teaches becomes a test with a name, not a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_item_follows_the_table_whatever_the_clocks_of_its_writers(
        mut item in state(),
        writes in vec(state(), 0..40),
    ) {
        for new in writes {
            let before = item;
            let attempts = write(&mut item, new);
            prop_assert!(attempts <= 2, "{new} over {before} took {attempts} attempts");
            if may_go(before.letter, new.letter) {
                prop_assert_eq!(item.letter, new.letter);
                prop_assert!(item.changed > before.changed && item.changed >= new.changed);
            } else {
                prop_assert_eq!(item, before);
            }
        }
    }

    #[test]
    fn only_the_very_same_change_is_ours(ours in state(), found in state()) {
        prop_assert_eq!(ours.conflict_with(ours), Conflict::Ours);
        prop_assert_eq!(ours.conflict_with(found) == Conflict::Ours, ours == found);
    }

    /// Both find the item ahead of their clocks, so both go just past it, to the same change id.
    #[test]
    fn two_writers_behind_the_same_item_both_get_an_answer_that_is_true(
        item in state(), first in letter(), second in letter(),
    ) {
        let next = |letter| State { letter, changed: item.changed.successor() };
        prop_assume!(accepts(item, next(first)));
        let mut found = next(first);
        write(&mut found, next(second));
        let expected = if may_go(first, second) { second } else { first };
        prop_assert_eq!(found.letter, expected);
    }

    #[test]
    fn a_writer_goes_just_past_what_it_found(ours in state(), found in state()) {
        if let Conflict::Behind(next) = ours.conflict_with(found) {
            prop_assert!(next > found.changed && next > ours.changed);
            prop_assert_eq!(next, ours.changed.max(found.changed).successor());
            let again = State { changed: next, ..ours };
            prop_assert!(accepts(found, again));
        }
    }

    #[test]
    fn the_index_sorts_the_states_of_a_letter_by_change(letter in letter(), a in change(), b in change()) {
        let [key_a, key_b] = [a, b].map(|changed| State { letter, changed }.to_string());
        prop_assert_eq!(key_a.cmp(&key_b), a.cmp(&b));
        prop_assert_eq!(key_a.parse(), Ok(State { letter, changed: a }));
    }

    #[test]
    fn a_mark_covers_what_was_minted_ten_seconds_ago_and_nothing_newer(
        now in 2_000_000_i64..3_000_000, age in 0_i64..20_000, noise: [u8; 10],
    ) {
        let marks = Watermarks {
            read: Some(Watermarks::read_mark_at(Timestamp::from_millis(now))),
            ..Watermarks::default()
        };
        for letter in Letter::ALL {
            let state = State { letter, changed: change_at(now - age, noise) };
            prop_assert_eq!(marks.is_read(state), letter != Letter::Unread || age >= READ_LAG_MILLIS);
        }
    }

    #[test]
    fn moving_the_mark_forward_unreads_nothing(state in state(), a in change(), b in change()) {
        let marks = |mark| Watermarks { read: Some(mark), ..Watermarks::default() };
        prop_assert!(!marks(a.min(b)).is_read(state) || marks(a.max(b)).is_read(state));
        prop_assert!(!Watermarks::default().is_read(state) || marks(a).is_read(state));
    }

    /// A reading is dated by the oldest of the marks that cover the item, however they are ordered, and only then.
    #[test]
    fn what_is_read_by_a_mark_has_a_time(changed in change(), mut history in vec(change(), 1..20)) {
        history.sort_unstable_by(|a, b| b.cmp(a));
        let marks = Watermarks { read: history.first().copied(), seen: None, read_history: history.clone() };
        let first = history.iter().rev().find(|mark| changed <= **mark);
        let expected = first.map(|mark| mark.timestamp().plus_millis(READ_LAG_MILLIS));
        prop_assert_eq!(marks.read_at(changed), expected);
        prop_assert_eq!(expected.is_some(), marks.is_read(State { letter: Letter::Unread, changed }));
    }
}
