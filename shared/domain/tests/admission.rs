//! Which action a notification admits: the table of rule 3, and what only the read watermark can tell.

#[path = "support/table.rs"]
mod table;

use belfry_domain::{Action, ChangeId, CreateRequest, Notification, State, Status, Timestamp, Watermarks};
use proptest::{prelude::*, sample::select};
use table::may_go;

const NOW: i64 = 1_795_362_142_070;

fn notification(status: Status, changed: i64, snoozed_until: Option<i64>) -> Notification {
    let body = br#"{"user":"ana","title":"Hi","message":"There","notification_type":"info"}"#;
    let Ok(Some(draft)) = CreateRequest::parse(body).map(|request| request.drafts().pop()) else {
        panic!("the body is no request")
    };
    let changed = ChangeId::last_of(Timestamp::from_millis(changed));
    Notification {
        id: uuid::Uuid::from(changed).into(),
        user: draft.user,
        content: draft.content,
        state: State { status, changed },
        read_at: None,
        archived_at: None,
        snoozed_until: snoozed_until.map(Timestamp::from_millis),
        expires_at: Timestamp::from_millis(i64::MAX),
        count: 1,
    }
}

fn marks(read: Option<i64>) -> Watermarks {
    let read = read.map(|millis| ChangeId::last_of(Timestamp::from_millis(millis)));
    Watermarks { read, ..Watermarks::default() }
}

fn near() -> impl Strategy<Value = i64> {
    NOW - 3..NOW + 4
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_table_holds_but_for_what_the_mark_has_read(
        status in select(Status::ALL.to_vec()),
        action in select(vec![
            Action::MarkRead, Action::MarkUnread, Action::Archive, Action::Unarchive,
            Action::Snooze(Timestamp::from_millis(NOW + 9)), Action::Delete,
        ]),
        changed in near(), until in proptest::option::of(near()), mark in proptest::option::of(near()),
    ) {
        let notification = notification(status, changed, until);
        let read_by_mark = status == Status::Unread && mark.is_some_and(|mark| changed <= mark);
        let due = status == Status::Snoozed && until.is_none_or(|until| until <= NOW);
        let expected = match action {
            Action::MarkUnread if status == Status::Unread => read_by_mark,
            Action::MarkRead if status == Status::Unread => !read_by_mark,
            _ => may_go(status, action),
        };
        prop_assert_eq!(notification.admits(action, &marks(mark)), expected);
        prop_assert_eq!(notification.is_due(Timestamp::from_millis(NOW)), due);
    }

    /// What admits it stays so after it, so that a request that is sent again finds nothing to do.
    #[test]
    fn what_was_done_is_not_admitted_again(
        status in select(Status::ALL.to_vec()), changed in near(), mark in near(),
        action in select(vec![
            Action::MarkRead, Action::MarkUnread, Action::Archive, Action::Unarchive, Action::Delete,
        ]),
    ) {
        let marks = marks(Some(mark));
        let before = notification(status, changed, Some(NOW));
        prop_assume!(before.admits(action, &marks));
        let after = notification(action.to(), NOW + 10, None);
        prop_assert!(!after.admits(action, &marks));
    }
}

#[test]
fn what_sleeps_is_due_from_the_very_millisecond_on() {
    let now = Timestamp::from_millis(NOW);
    assert!(!notification(Status::Snoozed, NOW, Some(NOW + 1)).is_due(now));
    assert!(notification(Status::Snoozed, NOW, Some(NOW)).is_due(now));
    for status in [Status::Unread, Status::Read, Status::Archived, Status::Deleted] {
        assert!(!notification(status, NOW, Some(NOW)).is_due(now), "{status:?}");
    }
}
