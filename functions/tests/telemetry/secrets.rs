//! What nobody may find in a log, and finding it.

use serde_json::{Value, json};

/// Is a part of everything that a person or a client says here.
pub(crate) const CANARY: &str = "canary";

/// The user whom everything is about.
pub(crate) const USER: &str = "canary-user";

/// The canary as base64 and as bytes are shown, wherever it begins.
const DISGUISES: [&str; 5] = ["Y2FuYXJ5", "NhbmFye", "jYW5hcn", "99, 97, 110, 97, 114, 121", "63616e617279"];

/// A body in which everything is a canary.
pub(crate) fn body() -> Value {
    json!({
        "user": USER,
        "title": "canary-title",
        "message": "canary-message",
        "notification_type": "info",
        "category": "canary-category",
        "related_object_type": "canary-object-type",
        "related_object_id": "canary-object-id",
        "redirect_url": "/canary-redirect/",
        "data": { "canary-key": "canary-value" },
    })
}

/// What was not to be found in these texts and is there.
pub(crate) fn found<'a>(lines: &'a [String], secrets: &[String]) -> Vec<&'a String> {
    let told = |line: &&String| {
        let lower = line.to_lowercase();
        lower.contains(CANARY)
            || DISGUISES.iter().any(|disguise| line.contains(disguise))
            || secrets.iter().any(|secret| line.contains(secret))
    };
    lines.iter().filter(told).collect()
}

/// The parts of a token, each of which tells of its owner or is as good as a password.
pub(crate) fn parts(token: &str) -> Vec<String> {
    token.split('.').skip(1).map(str::to_owned).collect()
}

#[test]
fn a_canary_is_found_in_any_disguise() {
    let line = |text: &str| vec![format!(r#"{{"error":"{text}"}}"#)];
    for text in ["CANARY", "a canary", "Y2FuYXJ5", "[99, 97, 110, 97, 114, 121]", "secret-part"] {
        assert_eq!(found(&line(text), &["secret-part".to_owned()]).len(), 1, "{text}");
    }
    assert!(found(&line("failed to complete a store operation"), &["secret-part".to_owned()]).is_empty());
}
