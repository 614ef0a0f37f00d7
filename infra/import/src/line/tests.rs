//! Lines, good and bad.

use serde_json::json;

use super::*;

fn line() -> Value {
    json!({
        "id": 7, "user_id": 1, "username": "ana", "title": "Hi", "message": "There",
        "notification_type": "info", "is_read": false, "created_at": "2025-11-22T15:42:22.070123+00:00",
    })
}

fn parse(line: &Value) -> Result<Parsed, InvalidBody> {
    Legacy::parse(line.to_string().as_bytes(), OwnerField::UserId)
}

fn with(field: &str, value: Value) -> Value {
    let mut line = line();
    line[field] = value;
    line
}

fn name(line: &Value) -> String {
    parse(line).unwrap().legacy.name().to_string()
}

/// Imports of different versions must agree, or one after the other makes everything twice.
#[test]
fn a_name_never_changes() {
    assert_eq!(name(&line()), "019aac3b-0b76-7b08-b457-39b5abe0e197");
    assert_eq!(name(&with("id", json!("7"))), name(&line()), "a number and its text are one id");
    assert_eq!(name(&with("title", json!("Ho"))), name(&line()), "what it says doesn't matter");
    assert!(name(&line()).parse::<NotificationId>().is_ok());
}

#[test]
fn two_notifications_have_two_names() {
    let others = [
        with("id", json!(8)),
        with("id", json!("3f2504e0-4f89-41d3-9a0c-0305e82c3301")),
        with("user_id", json!(2)),
        with("created_at", json!("2025-11-22T15:42:22.071+00:00")),
    ];
    for other in others {
        assert_ne!(name(&other), name(&line()), "{other}");
    }
}

#[test]
fn the_owner_is_whom_the_field_names() {
    let text = with("email", json!("ana@example.com")).to_string();
    for (field, owner) in
        [(OwnerField::UserId, "1"), (OwnerField::Username, "ana"), (OwnerField::Email, "ana@example.com")]
    {
        assert_eq!(Legacy::parse(text.as_bytes(), field).unwrap().legacy.user.as_str(), owner);
    }
    assert!(Legacy::parse(text.as_bytes(), OwnerField::User).is_err(), "there is no such field");
}

#[test]
fn an_empty_text_is_none() {
    let mut line = line();
    for field in ["category", "related_object_type", "related_object_id", "redirect_url"] {
        line[field] = json!("");
    }
    let Parsed { legacy, dropped_link } = parse(&line).unwrap();
    assert_eq!((legacy, dropped_link), (parse(&self::line()).unwrap().legacy, None));
}

#[test]
fn what_was_read_has_a_time_of_reading_not_before_its_creation() {
    let read_at = |fields: &[(&str, &str)]| {
        let mut line = with("is_read", json!(true));
        for (field, time) in fields {
            line[*field] = json!(time);
        }
        parse(&line).unwrap().legacy.read_at.unwrap().to_string()
    };
    let (created, later) = ("2025-11-22T15:42:22.070Z", "2025-11-23T00:00:00.000Z");
    assert_eq!(read_at(&[]), created);
    assert_eq!(read_at(&[("updated_at", later)]), later);
    assert_eq!(
        read_at(&[("updated_at", later), ("read_at", "2025-11-22T16:00:00.000Z")]),
        "2025-11-22T16:00:00.000Z"
    );
    assert_eq!(read_at(&[("updated_at", "2024-01-01T00:00:00Z")]), created);
    let unread = with("read_at", json!(later));
    assert_eq!(parse(&unread).unwrap().legacy.read_at, None, "what is unread was never read");
}

#[test]
fn every_rule_that_a_line_breaks_is_named() {
    let ahead = clock::now().plus_millis(2 * AHEAD_MILLIS).to_string();
    for (field, value) in [
        ("id", json!(1.5)),
        ("id", json!("")),
        ("id", Value::Null),
        ("user_id", json!(["1"])),
        ("title", json!("two\nlines")),
        ("message", json!(" ")),
        ("notification_type", json!("news")),
        ("is_read", json!(1)),
        ("created_at", json!("2025-11-22 15:42:22")),
        ("created_at", json!(ahead)),
        ("updated_at", json!("yesterday")),
        ("related_object_id", json!({})),
        ("data", json!([])),
        ("colour", json!("red")),
    ] {
        let line = with(field, value);
        let Err(InvalidBody::Fields(errors)) = parse(&line) else { panic!("accepted: {line}") };
        assert_eq!(errors[0].pointer, format!("/{field}"), "{line}");
    }
}
