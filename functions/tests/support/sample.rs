//! The samples in `events/`, and what can be made of them.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

/// The pages of the samples.
pub(crate) const ORIGIN: &str = "https://app.example.com";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events")
}

/// One sample by its name, without `.json`.
pub(crate) fn event(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name).with_extension("json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// One sample, with a token where one belongs.
pub(crate) fn event_with(name: &str, token: &str) -> Value {
    filled(&event(name), "<TOKEN>", token)
}

/// An event with a text in the place that waits for it.
pub(crate) fn filled(event: &Value, place: &str, text: &str) -> Value {
    let event = event.to_string();
    assert!(event.contains(place), "no place for {place}: {event}");
    serde_json::from_str(&event.replace(place, text)).unwrap()
}

/// The opening of a socket by the ticket that the API answered with.
pub(crate) fn event_of(ticket: &Value) -> Value {
    filled(&event("ws_authorizer-ticket"), "<TICKET>", ticket["ticket"].as_str().unwrap())
}

/// An event with one more header.
pub(crate) fn with_header(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = json!(value);
    event
}

/// An event with another body.
pub(crate) fn with_body(mut event: Value, body: &Value) -> Value {
    event["body"] = json!(body.to_string());
    event
}

/// An event whose token comes as the cookie.
pub(crate) fn by_cookie(mut event: Value) -> Value {
    let bearer = event["headers"].as_object_mut().unwrap().remove("authorization").unwrap();
    let token = bearer.as_str().unwrap().strip_prefix("Bearer ").unwrap();
    event["cookies"] = json!([format!("__Host-belfry_session={token}")]);
    event
}

/// The names of all samples, sorted.
pub(crate) fn names() -> Vec<String> {
    let paths = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let samples = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let mut names: Vec<_> =
        samples.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// A request to the API with a bearer token, made of a sample's frame.
pub(crate) fn request(method: &str, path: &str, token: &str) -> Value {
    let mut event = event_with("api-create", token);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    event["rawPath"] = json!(path);
    event["rawQueryString"] = json!(query);
    event["requestContext"]["http"]["method"] = json!(method);
    event["requestContext"]["http"]["path"] = json!(path);
    event.as_object_mut().unwrap().remove("body");
    event
}

/// One batch of the records of these samples, in that order.
pub(crate) fn batch(names: &[&str]) -> Value {
    let records: Vec<Value> =
        names.iter().flat_map(|name| event(name)["Records"].as_array().unwrap().clone()).collect();
    json!({ "Records": records })
}

/// The sequence number of a record in the batch.
pub(crate) fn sequence_number(batch: &Value, record: usize) -> String {
    batch["Records"][record]["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned()
}
