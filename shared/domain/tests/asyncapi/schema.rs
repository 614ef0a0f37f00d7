//! JSON Schema, as far as the document uses it: a validator that knows all of it would bring 27 crates. A keyword that is
//! not known here fails the test, so that none is passed over.

use regex::Regex;
use serde_json::Value;

use crate::document::{items, referred};

/// Whether the value is what the schema describes; the error says where it isn't.
pub(crate) fn check(schema: &Value, value: &Value) -> Result<(), String> {
    match schema {
        Value::Object(keywords) => {
            keywords.iter().try_for_each(|(keyword, rule)| check_keyword(schema, keyword, rule, value))
        }
        Value::Bool(true) => Ok(()),
        _ => Err(format!("{value:.80} has no place")),
    }
}

fn check_keyword(schema: &Value, keyword: &str, rule: &Value, value: &Value) -> Result<(), String> {
    let holds = match keyword {
        "$ref" => return check(referred(rule), value),
        "allOf" => return items(rule).try_for_each(|part| check(part, value)),
        "items" => return items(value).try_for_each(|item| check(rule, item)),
        "properties" => return check_fields(rule, value),
        "oneOf" => items(rule).filter(|choice| check(choice, value).is_ok()).count() == 1,
        "additionalProperties" => {
            rule == true || fields(value).all(|(name, _)| schema["properties"].get(name).is_some())
        }
        "required" => value
            .as_object()
            .is_none_or(|fields| items(rule).filter_map(Value::as_str).all(|name| fields.contains_key(name))),
        "type" => items(rule).chain(rule.is_string().then_some(rule)).any(|kind| kind == kind_of(value)),
        "const" => value == rule,
        "enum" => items(rule).any(|choice| choice == value),
        "minLength" => length(value).is_none_or(|length| length >= number(rule)),
        "maxLength" => length(value).is_none_or(|length| length <= number(rule)),
        "minimum" => value.as_i64().is_none_or(|number| Some(number) >= rule.as_i64()),
        "maximum" => value.as_i64().is_none_or(|number| Some(number) <= rule.as_i64()),
        "pattern" => {
            value.as_str().is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text))
        }
        // A `format` is the name of what the pattern beside it spells out.
        "description" | "format" => true,
        _ => panic!("this check doesn't know the keyword {keyword}"),
    };
    if holds { Ok(()) } else { Err(format!("{value:.80} breaks {keyword}: {rule}")) }
}

fn check_fields(properties: &Value, value: &Value) -> Result<(), String> {
    fields(value).try_for_each(|(name, field)| match properties.get(name) {
        Some(schema) => check(schema, field).map_err(|error| format!("{name}: {error}")),
        None => Ok(()),
    })
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// In characters, as JSON Schema counts them.
fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count())
}

fn number(rule: &Value) -> usize {
    rule.as_u64().unwrap().try_into().unwrap()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
