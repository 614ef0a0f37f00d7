//! The part of JSON Schema that the document uses. A keyword that isn't known here fails the test: what isn't checked must
//! not look as if it was.

use std::str::FromStr;

use belfry_domain::{NotificationId, Timestamp};
use regex_lite::Regex;
use serde_json::{Map, Value};

/// The schemas of a document, by which a value is judged.
pub(crate) struct Schemas<'a> {
    components: &'a Map<String, Value>,
    /// Whether an object may have no other members than those that are documented.
    closed: bool,
}

/// Keywords that say nothing about what is valid.
const REMARKS: [&str; 7] =
    ["description", "title", "example", "examples", "default", "readOnly", "deprecated"];

impl<'a> Schemas<'a> {
    /// As the document says it.
    pub(crate) fn of(document: &'a Value) -> Self {
        Self { components: document["components"]["schemas"].as_object().unwrap(), closed: false }
    }

    /// As it says it, and nothing beside it: what is answered and isn't documented is an error, too.
    pub(crate) fn closed(document: &'a Value) -> Self {
        Self { closed: true, ..Self::of(document) }
    }

    /// What is wrong with the value, each with its place.
    pub(crate) fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.judge(schema, value, "", &mut errors);
        errors
    }

    fn judge(&self, schema: &Value, value: &Value, place: &str, errors: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().unwrap() {
            let holds = match (keyword.as_str(), value) {
                (remark, _) if REMARKS.contains(&remark) => true,
                ("$ref", _) => {
                    let name = rule.as_str().unwrap().strip_prefix("#/components/schemas/").unwrap();
                    self.judge(&self.components[name], value, place, errors);
                    true
                }
                ("oneOf", _) => {
                    let fits = |schema: &&Value| self.errors(schema, value).is_empty();
                    rule.as_array().unwrap().iter().filter(fits).count() == 1
                }
                ("type", _) => match rule {
                    Value::Array(types) => types.iter().any(|rule| is_of_type(rule, value)),
                    one => is_of_type(one, value),
                },
                ("enum", _) => rule.as_array().unwrap().contains(value),
                ("minimum", Value::Number(number)) => number.as_f64() >= rule.as_f64(),
                ("maximum", Value::Number(number)) => number.as_f64() <= rule.as_f64(),
                ("minLength", Value::String(text)) => text.chars().count() >= size(rule),
                ("maxLength", Value::String(text)) => text.chars().count() <= size(rule),
                ("pattern", Value::String(text)) => {
                    Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)
                }
                ("format", _) => is_of_format(rule.as_str().unwrap(), value),
                ("minItems", Value::Array(items)) => items.len() >= size(rule),
                ("maxItems", Value::Array(items)) => items.len() <= size(rule),
                ("uniqueItems", Value::Array(items)) => {
                    (1..items.len()).all(|at| !items[..at].contains(&items[at]))
                }
                ("items", Value::Array(items)) => {
                    for (number, item) in items.iter().enumerate() {
                        self.judge(rule, item, &format!("{place}/{number}"), errors);
                    }
                    true
                }
                ("required", Value::Object(members)) => {
                    rule.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap()))
                }
                ("properties", Value::Object(members)) => {
                    for (name, member) in members {
                        match rule.get(name) {
                            Some(schema) => self.judge(schema, member, &format!("{place}/{name}"), errors),
                            None if self.closed => errors.push(format!("{place}/{name} is not documented")),
                            None => {}
                        }
                    }
                    true
                }
                ("additionalProperties", Value::Object(members)) => {
                    *rule == true || members.keys().all(|name| schema["properties"].get(name).is_some())
                }
                (known, _) if OF_ONE_TYPE.contains(&known) => true,
                (unknown, _) => panic!("{unknown} at {place} is a keyword that nobody checks"),
            };
            if !holds {
                errors.push(format!("{place} breaks {keyword} {rule}"));
            }
        }
    }
}

/// Keywords that only values of one type can break.
const OF_ONE_TYPE: [&str; 12] = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "items",
    "required",
    "properties",
    "additionalProperties",
];

fn size(rule: &Value) -> usize {
    usize::try_from(rule.as_u64().unwrap()).unwrap()
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    match rule.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type: {other}"),
    }
}

fn is_of_format(format: &str, value: &Value) -> bool {
    match (format, value) {
        ("uuid", Value::String(text)) => NotificationId::from_str(text).is_ok(),
        ("date-time", Value::String(_)) => serde_json::from_value::<Timestamp>(value.clone()).is_ok(),
        ("int32", Value::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        ("int64", Value::Number(number)) => number.is_i64(),
        ("uuid" | "date-time" | "int32" | "int64", _) => true,
        (unknown, _) => panic!("{unknown} is a format that nobody checks"),
    }
}
