//! What an owner does with a notification: one action at most, whatever is wanted of it.

use belfry_domain::{
    Action, ChangeId, Notification, State, Status, Timestamp, Watermarks,
    edit::{MAX_SNOOZE_MILLIS, snooze},
};
use serde_json::{Map, Value, json};

use super::{HOUR, NOW, Standing, named, parse, revise};

const LATER: Timestamp = NOW.plus_millis(5 * HOUR);

/// Every body that says something about the state, from nothing at all to all three fields.
fn bodies(standing: Standing) -> Vec<Map<String, Value>> {
    let (notification, _) = standing.notification();
    let mut bodies = Vec::new();
    for is_read in [None, Some(json!(true)), Some(json!(false))] {
        for archived in [None, Some(json!(true)), Some(json!(false))] {
            for until in
                [None, Some(Value::Null), Some(json!(LATER)), Some(json!(notification.snoozed_until))]
            {
                let fields =
                    [("is_read", is_read.clone()), ("archived", archived.clone()), ("snoozed_until", until)];
                let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
                bodies.push(given.collect());
            }
        }
    }
    bodies
}

/// The notification after the action, as the store leaves it.
fn after(notification: &Notification, action: Action) -> Notification {
    let changed = ChangeId::last_of(NOW).max(notification.state.changed.successor());
    let snoozed_until = match action {
        Action::Snooze(until) => Some(until),
        _ => None,
    };
    Notification { state: State { status: action.to(), changed }, snoozed_until, ..notification.clone() }
}

fn holds(body: &Map<String, Value>, notification: &Notification, marks: &Watermarks) -> bool {
    let view = notification.view(marks);
    let archived = notification.state.status == Status::Archived;
    let standing = [
        ("is_read", json!(view.is_read)),
        ("archived", json!(archived)),
        ("snoozed_until", json!(view.snoozed_until)),
    ];
    standing.iter().all(|(name, value)| body.get(*name).is_none_or(|wanted| wanted == value))
}

/// Whatever is wanted, and however the notification stands.
fn every_case(mut check: impl FnMut(&Map<String, Value>, &(Notification, Watermarks))) {
    for standing in Standing::ALL {
        for body in bodies(standing) {
            check(&body, &standing.notification());
        }
    }
}

#[test]
fn what_is_so_already_is_left_alone_and_nothing_else_is() {
    every_case(|body, standing| {
        let revision = revise(&json!(body), standing);
        let nothing = revision.as_ref().is_ok_and(|revision| revision.action.is_none());
        assert_eq!(nothing, holds(body, &standing.0, &standing.1), "{body:?} of {}", standing.0.state);
    });
}

#[test]
fn an_action_is_one_that_leads_on_and_makes_all_so_that_is_wanted() {
    every_case(|body, standing| {
        let (notification, marks) = standing;
        let Ok(Some(action)) = revise(&json!(body), standing).map(|revision| revision.action) else { return };
        assert!(notification.admits(action, marks), "{action:?} of {}", notification.state);
        assert!(holds(body, &after(notification, action), marks), "{body:?} by {action:?}");
    });
}

/// An answer gets lost, and the request is sent again.
#[test]
fn the_same_request_comes_to_nothing_the_second_time() {
    every_case(|body, standing| {
        let (notification, marks) = standing;
        let Ok(Some(action)) = revise(&json!(body), standing).map(|revision| revision.action) else { return };
        let again = revise(&json!(body), &(after(notification, action), marks.clone()));
        assert!(again.is_ok_and(|again| again.action.is_none()), "{body:?} after {action:?}");
    });
}

#[test]
fn a_refusal_names_one_field_that_was_given() {
    every_case(|body, standing| {
        let refused = named(revise(&json!(body), standing));
        assert!(refused.len() <= 1, "{body:?}: {refused:?}");
        assert!(refused.iter().all(|pointer| body.contains_key(&pointer[1..])), "{body:?}: {refused:?}");
    });
}

#[test]
fn one_field_alone_does_what_it_says() {
    use Standing::{Archived, Asleep, Due, Read, ReadByMark, Unread};
    let table: [(Value, Action, &[Standing]); 6] = [
        (json!({ "is_read": true }), Action::MarkRead, &[Unread]),
        (json!({ "is_read": false }), Action::MarkUnread, &[ReadByMark, Read, Archived, Asleep, Due]),
        (json!({ "archived": true }), Action::Archive, &[Unread, ReadByMark, Read, Asleep, Due]),
        (json!({ "archived": false }), Action::Unarchive, &[Archived]),
        (json!({ "snoozed_until": LATER }), Action::Snooze(LATER), &[Unread, ReadByMark, Read, Asleep, Due]),
        (json!({ "snoozed_until": null }), Action::MarkUnread, &[Asleep, Due]),
    ];
    for (body, action, from) in table {
        for standing in Standing::ALL {
            let revision = revise(&body, &standing.notification());
            if body["snoozed_until"].is_string() && standing == Archived {
                assert_eq!(named(revision), ["/snoozed_until"]);
                continue;
            }
            let expected = from.contains(&standing).then_some(action);
            assert_eq!(revision.map(|revision| revision.action), Ok(expected), "{body} of {standing:?}");
        }
    }
}

#[test]
fn fields_that_agree_go_together() {
    for (body, standing, action) in [
        (json!({ "is_read": true, "archived": true }), Standing::Unread, Action::Archive),
        (json!({ "is_read": false, "archived": false }), Standing::Archived, Action::MarkUnread),
        (json!({ "is_read": true, "archived": false }), Standing::Archived, Action::Unarchive),
        (json!({ "is_read": false, "snoozed_until": null }), Standing::Asleep, Action::MarkUnread),
        (json!({ "archived": true, "snoozed_until": null }), Standing::Asleep, Action::Archive),
        (json!({ "is_read": true, "snoozed_until": LATER }), Standing::Read, Action::Snooze(LATER)),
    ] {
        let revision = revise(&body, &standing.notification());
        assert_eq!(revision.map(|revision| revision.action), Ok(Some(action)), "{body} of {standing:?}");
    }
}

/// Sent twice they would archive, bring back, archive.
#[test]
fn fields_that_no_notification_can_have_together_are_refused_wherever_it_is() {
    let impossible = [
        json!({ "is_read": false, "archived": true }),
        json!({ "is_read": false, "snoozed_until": LATER }),
        json!({ "archived": true, "snoozed_until": LATER }),
        json!({ "is_read": false, "archived": true, "snoozed_until": LATER }),
    ];
    for standing in Standing::ALL {
        for body in &impossible {
            assert_eq!(named(revise(body, &standing.notification())).len(), 1, "{body} of {standing:?}");
        }
    }
}

#[test]
fn an_edit_may_say_something_and_do_something_at_once() {
    let revision = revise(&json!({ "title": "Other", "is_read": true }), &Standing::Unread.notification());
    let Ok(revision) = revision else { panic!("refused") };
    assert!(revision.content.is_some_and(|content| content.title.as_str() == "Other"));
    assert_eq!(revision.action, Some(Action::MarkRead));
}

#[test]
fn what_says_something_but_can_not_be_done_is_refused_whole() {
    let body = json!({ "title": "Other", "archived": true, "snoozed_until": LATER });
    assert_eq!(named(revise(&body, &Standing::Unread.notification())).len(), 1);
}

#[test]
fn a_state_is_a_yes_a_no_or_a_time() {
    for body in [
        json!({ "is_read": null }),
        json!({ "is_read": "true" }),
        json!({ "is_read": 1 }),
        json!({ "archived": null }),
        json!({ "archived": 0 }),
        json!({ "snoozed_until": "tomorrow" }),
        json!({ "snoozed_until": 1_795_362_142_070_i64 }),
        json!({ "snoozed_until": false }),
    ] {
        assert_eq!(named(parse(&body)).len(), 1, "{body}");
    }
}

#[test]
fn sleep_ends_in_the_future_and_within_366_days() {
    let last = NOW.plus_millis(MAX_SNOOZE_MILLIS);
    for until in [NOW.plus_millis(1), LATER, last] {
        assert_eq!(snooze("until", until, NOW), Ok(Action::Snooze(until)), "{until}");
        let revision = revise(&json!({ "snoozed_until": until }), &Standing::Unread.notification());
        assert_eq!(revision.map(|revision| revision.action), Ok(Some(Action::Snooze(until))), "{until}");
    }
    for until in [NOW, NOW.plus_millis(-1), Timestamp::from_millis(0), last.plus_millis(1)] {
        let refused = snooze("until", until, NOW).map_err(|error| error.pointer);
        assert_eq!(refused, Err("/until".to_owned()), "{until}");
        let revision = revise(&json!({ "snoozed_until": until }), &Standing::Unread.notification());
        assert_eq!(named(revision), ["/snoozed_until"], "{until}");
    }
}

/// A client that knows another time zone means the same instant.
#[test]
fn the_time_that_stands_is_the_time_whatever_its_offset() {
    let standing = Standing::Asleep.notification();
    let until = json!("2026-11-22T13:42:22.070-03:00");
    assert_eq!(standing.0.snoozed_until, serde_json::from_value(until.clone()).ok());
    let revision = revise(&json!({ "snoozed_until": until }), &standing);
    assert_eq!(revision.map(|revision| revision.action), Ok(None));
}
