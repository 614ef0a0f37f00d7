//! The examples of what the server sends.

use std::collections::BTreeSet;

use belfry_domain::{NotificationId, frame::MAX_FRAME_BYTES};
use serde_json::Value;

use crate::{
    document::{self, examples, payload, properties, sent},
    keys,
    schema::check,
};

/// The examples of whole notifications, alone and in parts of what was missed.
fn whole() -> impl Iterator<Item = &'static Value> {
    let missed = examples("sync").flat_map(|sync| document::items(&sync["changes"]));
    let alone = examples("notification").chain(examples("notification_updated"));
    alone.chain(missed.filter(|change| change["type"] == "notification"))
}

#[test]
fn the_examples_of_the_server_s_frames_could_be_sent_and_show_every_field() {
    for kind in sent() {
        for example in examples(kind) {
            check(payload(kind), example).unwrap_or_else(|error| panic!("{kind}: {error}: {example}"));
            assert!(example.to_string().len() <= MAX_FRAME_BYTES);
        }
        let shown: BTreeSet<_> = match kind {
            "notification" | "notification_updated" => whole().flat_map(keys).collect(),
            _ => examples(kind).flat_map(keys).collect(),
        };
        assert_eq!(properties(payload(kind)).into_keys().collect::<BTreeSet<_>>(), shown, "{kind}");
    }
}

#[test]
fn an_example_was_created_when_its_id_says() {
    for example in whole() {
        let id: NotificationId = example["notification_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(example["created_at"], id.timestamp().to_string());
    }
}
