//! `docs/asyncapi.yaml`, and what the tests ask of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde_json::Value;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_yaml_ng::from_str(include_str!("../../../../docs/asyncapi.yaml")).unwrap());

/// What is there, by its JSON Pointer.
pub(crate) fn at(pointer: &str) -> &'static Value {
    DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("docs/asyncapi.yaml has no {pointer}"))
}

/// What a `$ref` leads to.
pub(crate) fn referred(reference: &Value) -> &'static Value {
    at(reference.as_str().unwrap().strip_prefix('#').unwrap())
}

/// The schema of that name.
pub(crate) fn schema(name: &str) -> &'static Value {
    at(&format!("/components/schemas/{name}"))
}

/// The payload of the message that is named by its type.
pub(crate) fn payload(kind: &str) -> &'static Value {
    at(&format!("/components/messages/{kind}/payload"))
}

/// The payloads of its examples.
pub(crate) fn examples(kind: &str) -> impl Iterator<Item = &'static Value> {
    items(at(&format!("/components/messages/{kind}/examples"))).map(|example| &example["payload"])
}

/// The types of the frames that the server receives.
pub(crate) fn received() -> BTreeSet<&'static str> {
    named_in(operations("receive").map(|operation| &operation["messages"]))
}

/// The types of the frames that the server sends, asked or not.
pub(crate) fn sent() -> BTreeSet<&'static str> {
    let asked = operations("receive").map(|operation| &operation["reply"]["messages"]);
    named_in(asked.chain(operations("send").map(|operation| &operation["messages"])))
}

/// The elements of a list; none where there is no list.
pub(crate) fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The fields that an object's schema knows, each with its schema.
pub(crate) fn properties(schema: &'static Value) -> BTreeMap<&'static str, &'static Value> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, property)| (name.as_str(), property));
    own.chain(parts(schema).flat_map(properties)).collect()
}

/// The fields that it demands.
pub(crate) fn required(schema: &'static Value) -> BTreeSet<&'static str> {
    let own = items(&schema["required"]).filter_map(Value::as_str);
    own.chain(parts(schema).flat_map(required)).collect()
}

fn parts(schema: &'static Value) -> impl Iterator<Item = &'static Value> {
    schema.get("$ref").map(referred).into_iter().chain(items(&schema["allOf"]))
}

fn operations(action: &str) -> impl Iterator<Item = &'static Value> {
    let all = at("/operations").as_object().unwrap().values();
    all.filter(move |operation| operation["action"] == action)
}

/// The last names of the references in these lists.
fn named_in(lists: impl Iterator<Item = &'static Value>) -> BTreeSet<&'static str> {
    let references = lists.flat_map(items).filter_map(|message| message["$ref"].as_str());
    references.filter_map(|reference| reference.rsplit('/').next()).collect()
}
