//! What a notification says.

use belfry_domain::{Content, edit::Revision};
use serde_json::{Value, json};

use super::{Standing, named, parse, revise, sent};

/// Each field with a value that is another than the standing one, and one that breaks the field's rule.
fn fields() -> [(&'static str, Value, Value); 8] {
    [
        ("title", json!("Other"), json!("")),
        ("message", json!("Other"), json!(" ")),
        ("notification_type", json!("warning"), json!("news")),
        ("category", json!("plans"), json!("")),
        ("related_object_type", json!("plan"), json!("x".repeat(101))),
        ("related_object_id", json!("8"), json!(8)),
        ("redirect_url", json!("/plans/8/"), json!("javascript:alert(1)")),
        ("data", json!({ "week": 48 }), json!([48])),
    ]
}

const OPTIONAL: [&str; 5] = ["category", "related_object_type", "related_object_id", "redirect_url", "data"];

fn json_of(content: &Content) -> Value {
    serde_json::to_value(content).unwrap_or_default()
}

/// The content that an edit of an unread notification leads to, if it is another.
fn said(body: &Value) -> Option<Value> {
    let Ok(Revision { content, action }) = revise(body, &Standing::Unread.notification()) else {
        panic!("refused: {body}")
    };
    assert_eq!(action, None, "{body}");
    content.as_ref().map(json_of)
}

#[test]
fn each_field_changes_itself_and_nothing_else() {
    for (name, other, _) in fields() {
        let mut expected = json_of(&sent().content);
        expected[name] = other.clone();
        assert_eq!(said(&json!({ name: other })), Some(expected), "{name}");
    }
}

#[test]
fn all_fields_change_at_once() {
    let body: Value = fields().into_iter().map(|(name, other, _)| (name.to_owned(), other)).collect();
    assert_eq!(said(&body), Some(body));
}

#[test]
fn each_field_that_breaks_its_rule_is_named_all_in_one_answer() {
    for (name, _, bad) in fields() {
        assert_eq!(named(parse(&json!({ name: bad }))), [format!("/{name}")]);
    }
    let body: Value = fields().into_iter().map(|(name, _, bad)| (name.to_owned(), bad)).collect();
    assert_eq!(named(parse(&body)).len(), fields().len());
}

#[test]
fn null_takes_away_what_may_be_missing_and_is_refused_where_it_may_not() {
    for (name, ..) in fields() {
        let body = json!({ name: null });
        if !OPTIONAL.contains(&name) {
            assert_eq!(named(parse(&body)), [format!("/{name}")]);
        } else if name != "category" {
            assert_eq!(said(&body).map(|content| content[name].clone()), Some(Value::Null), "{name}");
        }
    }
}

#[test]
fn what_is_sent_back_as_it_is_changes_nothing() {
    let standing = json_of(&sent().content);
    for (name, ..) in fields() {
        assert_eq!(said(&json!({ name: standing[name] })), None, "{name}");
    }
    assert_eq!(said(&json!({})), None);
}

/// The view names a category also where the sender named none.
#[test]
fn the_type_s_category_stays_the_type_s_when_it_is_sent_back() {
    assert_eq!(said(&json!({ "category": "reports" })), None);
    // With another type it is asked for by name: else the same request, sent again, would find it missing.
    let content = said(&json!({ "category": "reports", "notification_type": "info" }));
    assert_eq!(content.map(|content| content["category"].clone()), Some(json!("reports")));
}

#[test]
fn a_category_of_the_sender_s_is_kept_changed_and_taken_away() {
    let mut standing = Standing::Unread.notification();
    standing.0.content.category = "plans".to_owned().try_into().ok();
    let category = |body: Value| {
        let Ok(revision) = revise(&body, &standing) else { panic!("refused: {body}") };
        revision.content.map(|content| content.category.map(|label| label.as_str().to_owned()))
    };
    assert_eq!(category(json!({ "category": "plans" })), None);
    assert_eq!(category(json!({ "category": "reports" })), Some(Some("reports".to_owned())));
    assert_eq!(category(json!({ "category": null })), Some(None));
}

#[test]
fn an_edit_of_what_is_said_does_nothing_else_wherever_the_notification_is() {
    for standing in Standing::ALL {
        let Ok(revision) = revise(&json!({ "title": "Other" }), &standing.notification()) else {
            panic!("refused: {standing:?}")
        };
        assert!(revision.content.is_some() && revision.action.is_none(), "{standing:?}");
    }
}

#[test]
fn what_is_no_field_of_a_notification_is_refused_by_name() {
    let body = json!({ "title": "Other", "unread_count": 7, "deleted": true, "state": "r#1" });
    let mut pointers = named(parse(&body));
    pointers.sort_unstable();
    assert_eq!(pointers, ["/deleted", "/state", "/unread_count"]);
}

#[test]
fn a_field_that_is_given_twice_is_refused() {
    for name in ["title", "is_read", "changed"] {
        let body = format!(r#"{{"{name}":null,"{name}":null}}"#);
        let edit = belfry_domain::Edit::parse(body.as_bytes());
        assert!(named(edit).contains(&format!("/{name}")), "{name}");
    }
}
