//! Reading a JSON body field by field, so that one answer names every field that breaks a rule.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// One broken rule of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON Pointer to the field (RFC 6901).
    pub pointer: String,
    /// The rule, as a sentence about the field.
    pub detail: String,
}

/// Why a body can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBody {
    /// It isn't JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but no object.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// Some fields break rules.
    #[error("the body breaks the rules of {} field(s)", .0.len())]
    Fields(Vec<FieldError>),
}

/// The fields of a body that haven't been taken yet, and the errors found so far.
#[derive(Debug)]
pub struct Body {
    fields: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Body {
    /// Parses the bytes of a request. No bytes at all are not a body.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self { fields, errors: Vec::new() }),
            Ok(_) => Err(InvalidBody::NotAnObject),
            Err(error) => Err(InvalidBody::NotJson(error.to_string())),
        }
    }

    /// Takes a field that must be there. `None` means that an error was noted.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if !self.fields.contains_key(name) {
            self.refuse(name, "is required");
            return None;
        }
        let value = self.fields.remove(name)?;
        self.read(name, value)
    }

    /// Takes a field that may be missing or null.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        match self.fields.remove(name)? {
            Value::Null => None,
            value => self.read(name, value),
        }
    }

    /// Ends the reading: what was made of the fields, unless one of them broke a rule or nobody asked for it.
    pub fn finish<T>(mut self, made: Option<T>) -> Result<T, InvalidBody> {
        let unknown: Vec<_> = self.fields.keys().cloned().collect();
        for name in unknown {
            self.refuse(&name, "is not a field of this request");
        }
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(InvalidBody::Fields(self.errors)),
        }
    }

    fn read<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        serde_json::from_value(value).map_err(|error| self.refuse(name, &error.to_string())).ok()
    }

    fn refuse(&mut self, name: &str, detail: &str) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        self.errors.push(FieldError { pointer, detail: detail.to_owned() });
    }
}
