//! A notification that is sent back whole: what nobody changes must be as it stands, and one field turned is turned.

use belfry_domain::{Action, ChangeId, Notification, Timestamp, Watermarks, edit::Revision, watermark::Move};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{HOUR, NOW, Standing, named, parse, revise};

/// The fields that nobody changes, each with a value that is never the standing one.
const FIXED: [(&str, &str); 10] = [
    ("id", "0199c000-0000-7000-8000-000000000000"),
    ("user", "bruno"),
    ("notification_type_display", "News"),
    ("created_at", "2025-01-01T00:00:00.000Z"),
    ("updated_at", "2025-01-01T00:00:00.000Z"),
    ("changed", "0199c000-0000-7000-8000-000000000000"),
    ("seen_at", "2025-01-01T00:00:00.000Z"),
    ("read_at", "2025-01-01T00:00:00.000Z"),
    ("archived_at", "2025-01-01T00:00:00.000Z"),
    ("expires_at", "2025-01-01T00:00:00.000Z"),
];

fn view((notification, marks): &(Notification, Watermarks)) -> Value {
    serde_json::to_value(notification.view(marks)).unwrap_or_default()
}

fn turned(standing: Standing, field: &str, value: impl Into<Value>) -> Result<Option<Action>, Vec<String>> {
    let standing = standing.notification();
    let mut body = view(&standing);
    body[field] = value.into();
    match revise(&body, &standing) {
        Ok(Revision { content: None, action }) => Ok(action),
        Ok(Revision { content: Some(_), .. }) => panic!("{field} is no content"),
        refused => Err(named(refused)),
    }
}

#[test]
fn one_field_turned_is_turned() {
    use Standing::{Archived, Asleep, Due, Read, ReadByMark, Unread};
    let later = json!(NOW.plus_millis(7 * HOUR));
    let Value::String(later_text) = later.clone() else { panic!("a time is text") };
    let Ok(until) = Timestamp::try_from(later_text) else { panic!("a time is a time") };
    for (standing, field, value, action) in [
        (Unread, "is_read", json!(true), Action::MarkRead),
        (ReadByMark, "is_read", json!(false), Action::MarkUnread),
        (Read, "is_read", json!(false), Action::MarkUnread),
        (Archived, "is_read", json!(false), Action::MarkUnread),
        (Asleep, "is_read", json!(false), Action::MarkUnread),
        (Unread, "archived", json!(true), Action::Archive),
        (Asleep, "archived", json!(true), Action::Archive),
        (Archived, "archived", json!(false), Action::Unarchive),
        (Unread, "snoozed_until", later.clone(), Action::Snooze(until)),
        (Read, "snoozed_until", later.clone(), Action::Snooze(until)),
        (Asleep, "snoozed_until", later, Action::Snooze(until)),
        (Asleep, "snoozed_until", Value::Null, Action::MarkUnread),
        (Due, "snoozed_until", Value::Null, Action::MarkUnread),
    ] {
        let body = format!("{field} of {standing:?}");
        // An unread one that is to go to sleep says that it is unread, and so it was.
        assert_eq!(turned(standing, field, value), Ok(Some(action)), "{body}");
    }
}

/// It names the change that it was made for, so it is refused rather than carried out on what became of that.
#[test]
fn sent_a_second_time_it_is_refused() {
    let (notification, marks) = Standing::Unread.notification();
    let mut body = view(&(notification.clone(), marks.clone()));
    body["archived"] = json!(true);
    let mut archived = notification;
    archived.state.status = belfry_domain::Status::Archived;
    archived.state.changed = ChangeId::last_of(NOW);
    let refused = named(revise(&body, &(archived, marks)));
    assert!(refused.contains(&"/changed".to_owned()), "{refused:?}");
}

#[test]
fn every_fixed_field_is_accepted_as_it_stands_and_refused_as_anything_else() {
    for standing in Standing::ALL {
        let notification = standing.notification();
        let whole = view(&notification);
        for (name, other) in FIXED {
            let same = revise(&json!({ name: whole[name] }), &notification);
            assert_eq!(same, Ok(Revision { content: None, action: None }), "{name} of {standing:?}");
            for other in [json!(other), json!(7), json!({})] {
                let refused = named(revise(&json!({ name: other, "is_read": true }), &notification));
                assert_eq!(refused, [format!("/{name}")], "{standing:?}");
            }
            if !whole[name].is_null() {
                assert_eq!(named(revise(&json!({ name: null }), &notification)), [format!("/{name}")]);
            }
        }
    }
}

#[test]
fn every_fixed_field_that_is_another_is_named() {
    let body: Value = FIXED.iter().map(|(name, other)| ((*name).to_owned(), json!(other))).collect();
    let mut refused = named(revise(&body, &Standing::Read.notification()));
    let mut expected: Vec<_> = FIXED.iter().map(|(name, _)| format!("/{name}")).collect();
    refused.sort_unstable();
    expected.sort_unstable();
    assert_eq!(refused, expected);
}

fn optional<T: Clone + std::fmt::Debug>(value: T) -> impl Strategy<Value = Option<T>> {
    prop_oneof![Just(None), Just(Some(value))]
}

/// Any notification beside any marks, as far as an edit can tell one from another.
fn any_standing() -> impl Strategy<Value = (Notification, Watermarks)> {
    let times = (optional(-3_i64), optional(-1_i64), any::<bool>(), 0_i64..4, 0_i64..4);
    let content = (optional("plans"), any::<bool>(), any::<bool>(), any::<bool>());
    (select(Standing::ALL.to_vec()), times, content).prop_map(|(standing, times, content)| {
        let (mut notification, mut marks) = standing.notification();
        let (read_at, snoozed, moved, read, seen) = times;
        notification.read_at = read_at.map(|hours| NOW.plus_millis(hours * HOUR));
        notification.snoozed_until =
            notification.snoozed_until.or(snoozed.map(|hours| NOW.plus_millis(hours * HOUR)));
        let mark = |hours: i64| NOW.plus_millis(-hours * HOUR);
        marks.read = marks.read.max(Some(ChangeId::last_of(mark(read))));
        marks.seen = Some(ChangeId::last_of(mark(seen)));
        if moved {
            marks.read_history = marks.read.map(|to| Move { to, at: NOW }).into_iter().collect();
            marks.seen_history = marks.seen.map(|to| Move { to, at: NOW }).into_iter().collect();
        }
        let (category, related, redirect, data) = content;
        let said = &mut notification.content;
        said.category = category.and_then(|text| text.to_owned().try_into().ok());
        said.related_object_type = said.related_object_type.take().filter(|_| related);
        said.redirect_url = said.redirect_url.take().filter(|_| redirect);
        said.data = said.data.take().filter(|_| data);
        (notification, marks)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_back_as_it_is_changes_nothing(standing in any_standing()) {
        prop_assert_eq!(revise(&view(&standing), &standing), Ok(Revision { content: None, action: None }));
    }

    #[test]
    fn a_part_of_what_stands_changes_nothing_either(standing in any_standing(), kept in any::<u32>()) {
        let Value::Object(whole) = view(&standing) else { panic!("a view is an object") };
        let kept = whole.into_iter().enumerate().filter(|(index, _)| kept >> index & 1 == 1);
        let part: Value = kept.map(|(_, field)| field).collect();
        prop_assert_eq!(revise(&part, &standing), Ok(Revision { content: None, action: None }));
    }

    #[test]
    fn no_body_breaks_the_reader(fields in proptest::collection::btree_map("[a-z_]{1,12}", ".{0,20}", 0..6)) {
        let _ = parse(&json!(fields));
    }
}
