//! What the server sends has the fields of the document, no other, and null where the document allows it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    altered,
    document::{items, payload, properties, required, sent},
    frames, keys,
    schema::check,
};

#[test]
fn every_frame_of_the_server_s_is_as_the_document_describes_it() {
    let frames = frames::by_kind();
    assert_eq!(frames.keys().copied().collect::<BTreeSet<_>>(), sent());
    for (kind, frames) in frames {
        for frame in &frames {
            assert_eq!(frame["type"], kind);
            check(payload(kind), frame).unwrap_or_else(|error| panic!("{kind}: {error}"));
            let more = altered(frame, "surprise", Some(json!(1)));
            assert!(check(payload(kind), &more).is_err(), "{kind} may have any field");
        }
        same_fields(payload(kind), &frames.iter().collect::<Vec<_>>(), kind);
    }
}

/// The fields that some of these objects have are those that the schema knows, and those that all have it demands.
fn same_fields(schema: &'static Value, objects: &[&Value], place: &str) {
    let some: BTreeSet<_> = objects.iter().flat_map(|object| keys(object)).collect();
    let all = objects.iter().map(|object| keys(object)).reduce(|all, keys| &all & &keys).unwrap();
    let known = properties(schema);
    assert_eq!(known.keys().copied().collect::<BTreeSet<_>>(), some, "{place}: what it may have");
    assert_eq!(required(schema), all, "{place}: what it must have");
    for (name, property) in known.into_iter().filter(|(_, property)| property.get("properties").is_some()) {
        let inner: Vec<_> = objects.iter().filter_map(|object| object.get(name)).collect();
        same_fields(property, &inner, &format!("{place}.{name}"));
    }
}

#[test]
fn a_field_may_be_null_where_it_ever_is_and_nowhere_else() {
    for (kind, frames) in frames::by_kind() {
        for name in frames.iter().flat_map(keys) {
            let ever = frames.iter().any(|frame| frame.get(name) == Some(&Value::Null));
            for frame in &frames {
                let nulled = altered(frame, name, Some(Value::Null));
                assert_eq!(check(payload(kind), &nulled).is_ok(), ever, "{kind}.{name}");
            }
        }
    }
}

#[test]
fn what_was_missed_carries_no_count_and_no_state_but_that_it_was_deleted() {
    for sync in &frames::by_kind()["sync"] {
        for change in items(&sync["changes"]) {
            for (name, value) in [("unread_count", json!(1)), ("deleted", json!(false))] {
                let changes = json!([altered(change, name, Some(value))]);
                assert!(check(payload("sync"), &altered(sync, "changes", Some(changes))).is_err(), "{name}");
            }
        }
    }
}
