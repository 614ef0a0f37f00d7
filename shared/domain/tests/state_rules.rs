//! Rules 3 and 4 of `docs/consistency.md` as properties: the whole table of where a state may go, and what the watermarks
//! cover.

#[path = "support/table.rs"]
mod table;

use belfry_domain::{
    Action, ChangeId, State, Status, Timestamp, Watermarks,
    watermark::{Move, READ_LAG_MILLIS},
};
use proptest::{collection::vec, prelude::*, sample::select};
use table::may_go;

const ACTIONS: [Action; 6] = [
    Action::MarkRead,
    Action::MarkUnread,
    Action::Archive,
    Action::Unarchive,
    Action::Snooze(Timestamp::from_millis(5_000_000)),
    Action::Delete,
];

fn status() -> impl Strategy<Value = Status> {
    select(Status::ALL.to_vec())
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
    (status(), change()).prop_map(|(status, changed)| State { status, changed })
}

#[test]
fn a_state_goes_where_the_table_lets_it() {
    for action in ACTIONS {
        for from in Status::ALL {
            assert_eq!(action.allowed_from().contains(&from), may_go(from, action), "{action:?} of {from:?}");
        }
    }
}

#[test]
fn an_action_leads_to_one_letter_and_repeats_itself_only_to_sleep_longer() {
    for action in ACTIONS {
        let repeats = action.allowed_from().contains(&action.to());
        assert_eq!(repeats, matches!(action, Action::Snooze(_)), "{action:?}");
    }
}

proptest! {
    // What a failing case teaches becomes a test with a name, not a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_sorts_the_states_of_a_letter_by_change(status in status(), a in change(), b in change()) {
        let [key_a, key_b] = [a, b].map(|changed| State { status, changed }.to_string());
        prop_assert_eq!(key_a.cmp(&key_b), a.cmp(&b));
        prop_assert_eq!(key_a.parse(), Ok(State { status, changed: a }));
    }

    #[test]
    fn a_mark_covers_what_was_minted_ten_seconds_ago_and_nothing_newer(
        now in 2_000_000_i64..3_000_000, age in 0_i64..20_000, noise: [u8; 10],
    ) {
        let marks = Watermarks {
            read: Some(Watermarks::read_mark_at(Timestamp::from_millis(now))),
            ..Watermarks::default()
        };
        for status in Status::ALL {
            let state = State { status, changed: change_at(now - age, noise) };
            prop_assert_eq!(marks.is_read(state), status != Status::Unread || age >= READ_LAG_MILLIS);
        }
    }

    #[test]
    fn moving_the_mark_forward_unreads_nothing(state in state(), a in change(), b in change()) {
        let marks = |mark| Watermarks { read: Some(mark), ..Watermarks::default() };
        prop_assert!(!marks(a.min(b)).is_read(state) || marks(a.max(b)).is_read(state));
        prop_assert!(!Watermarks::default().is_read(state) || marks(a).is_read(state));
    }

    #[test]
    fn what_is_read_or_seen_is_not_unseen(read: Option<i32>, seen: Option<i32>, changed in change()) {
        let mark = |at: Option<i32>| at.map(|at| change_at(1_000_000 + i64::from(at % 8), [0xff; 10]));
        let marks = Watermarks { read: mark(read), seen: mark(seen), ..Watermarks::default() };
        let unseen = marks.unseen_floor().is_none_or(|floor| changed > floor);
        let above = |mark: Option<ChangeId>| mark.is_none_or(|mark| changed > mark);
        prop_assert_eq!(unseen, above(marks.read) && above(marks.seen));
    }

    /// A reading is dated by the oldest of the moves that cover the item, however they are ordered, and only then.
    #[test]
    fn what_a_mark_covers_has_a_time(changed in change(), moves in vec((change(), 0_i64..9_000_000), 1..20)) {
        let moves = moves.into_iter().map(|(to, at)| Move { to, at: Timestamp::from_millis(at) });
        let mut history: Vec<_> = moves.collect();
        history.sort_by_key(|moved| std::cmp::Reverse(moved.to));
        history.dedup_by_key(|moved| moved.to);
        let newest = history.first().map(|moved| moved.to);
        let marks = Watermarks {
            read: newest,
            seen: newest,
            read_history: history.clone(),
            seen_history: history.clone(),
            has_snoozed: false,
        };
        let first = history.iter().rev().find(|moved| changed <= moved.to);
        prop_assert_eq!(marks.read_at(changed), first.map(|moved| moved.at));
        prop_assert_eq!(marks.seen_at(changed), first.map(|moved| moved.at));
        prop_assert_eq!(first.is_some(), marks.is_read(State { status: Status::Unread, changed }));
    }

    /// The history is cut from time to time, and the mark itself stays.
    #[test]
    fn what_a_mark_covers_has_a_time_also_without_its_history(changed in change(), mark in change()) {
        let marks = Watermarks { read: Some(mark), ..Watermarks::default() };
        prop_assert_eq!(marks.read_at(changed), (changed <= mark).then(|| mark.timestamp()));
    }
}
