//! `docs/asyncapi.yaml` says of the frames what the code does.

#![expect(clippy::unwrap_used, reason = "what can't be read fails its test")]

mod client;
mod document;
mod examples;
mod frames;
mod limits;
mod schema;
mod server;

use std::collections::BTreeSet;

use serde_json::Value;

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// The frame with that value in place of a field's, or without the field.
fn altered(frame: &Value, name: &str, value: Option<Value>) -> Value {
    let mut altered = frame.clone();
    let fields = altered.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
    altered
}
