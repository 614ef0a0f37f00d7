//! Texts, numbers and frames have the limits of the code.

use std::collections::BTreeSet;

use belfry_domain::{
    NotificationType, Timestamp, UserId,
    frame::{COUNT_CAP, MAX_FRAME_BYTES},
    text::{Data, Label, Message, RedirectUrl, Title},
};
use serde_json::{Value, json};
use utoipa::PartialSchema;

use crate::{
    document::{self, at, payload, properties},
    frames,
    schema::check,
};

/// A schema of the code's without its words.
fn rules(schema: impl serde::Serialize, without: &[&str]) -> Value {
    let mut rules = serde_json::to_value(schema).unwrap();
    let words = ["description", "example", "examples"];
    rules.as_object_mut().unwrap().retain(|name, _| !words.iter().chain(without).any(|word| word == name));
    rules
}

#[test]
fn texts_have_the_rules_of_the_code() {
    let code = [
        ("UserId", UserId::schema()),
        ("Title", Title::schema()),
        ("Message", Message::schema()),
        ("NotificationType", NotificationType::schema()),
        ("Label", Label::schema()),
        ("RedirectUrl", RedirectUrl::schema()),
        ("Data", Data::schema()),
        ("Timestamp", Timestamp::schema()),
    ];
    for (name, code) in code {
        // What is left of a shortened message may be white space; and the server writes times in one form only.
        let own: &[&str] = if ["Message", "Timestamp"].contains(&name) { &["pattern"] } else { &[] };
        assert_eq!(rules(document::schema(name), own), rules(code, own), "{name}");
    }
}

#[test]
fn counts_frames_and_error_codes_are_bounded_as_in_the_code() {
    assert_eq!(document::schema("Count")["maximum"], COUNT_CAP);
    assert_eq!(at("/channels/inbox/x-max-frame-bytes"), MAX_FRAME_BYTES);
    let codes: BTreeSet<_> =
        frames::by_kind()["error"].iter().map(|error| error["code"].to_string()).collect();
    let listed = document::items(&properties(payload("error"))["code"]["enum"]);
    assert_eq!(listed.map(Value::to_string).collect::<BTreeSet<_>>(), codes);
}

#[test]
fn the_document_has_the_version_of_the_workspace() {
    assert_eq!(at("/info/version"), env!("CARGO_PKG_VERSION"));
}

#[test]
fn ids_are_uuids_of_version_7_in_lower_case() {
    for (id, good) in [
        ("01a2076b-50b2-7a18-90f3-cdb9490fa9c1", true),
        ("01A2076B-50B2-7A18-90F3-CDB9490FA9C1", false),
        ("01a2076b-50b2-4a18-90f3-cdb9490fa9c1", false),
        ("01a2076b-50b2-7a18-c0f3-cdb9490fa9c1", false),
        ("01a2076b50b27a1890f3cdb9490fa9c1", false),
    ] {
        for name in ["NotificationId", "ChangeId"] {
            assert_eq!(check(document::schema(name), &json!(id)).is_ok(), good, "{id}");
        }
    }
}
