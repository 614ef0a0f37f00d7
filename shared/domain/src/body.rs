//! Reading a JSON body field by field, so that one answer names every field that breaks a rule.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::json::{self, Fault, Unreadable};

/// An answer names at most so many broken rules: more than any request has fields.
pub const MAX_ERRORS: usize = 32;

/// How many characters of a field's name, of a pointer into a field, and of a rule that quotes what was sent, an answer
/// repeats.
const MAX_NAME: usize = 100;
const MAX_POINTER: usize = 150;
const MAX_DETAIL: usize = 200;

/// One broken rule of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
    /// Where the object is in the request's body, as a JSON Pointer.
    place: &'static str,
    errors: Vec<FieldError>,
}

impl Body {
    /// Parses the bytes of a request. No bytes at all are not a body. Names that are repeated, at any depth, and numbers that
    /// can't be kept are noted as errors.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        let object = json::read_object(bytes).map_err(|error| match error {
            Unreadable::NotAnObject => InvalidBody::NotAnObject,
            Unreadable::NotJson(reason) => InvalidBody::NotJson(reason),
        })?;
        let mut body = Self { fields: object.fields, place: "", errors: Vec::new() };
        for Fault { pointer, detail } in object.faults {
            body.note(FieldError { pointer: cut(&pointer, MAX_POINTER), detail: detail.to_owned() });
        }
        Ok(body)
    }

    /// The fields of an object within a body, at that JSON Pointer.
    pub const fn within(place: &'static str, fields: Map<String, Value>) -> Self {
        Self { fields, place, errors: Vec::new() }
    }

    /// Whether there is a field of that name still to be taken, null or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Takes a field that must be there. `None` means that an error was noted.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if !self.has(name) {
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

    /// Takes a field that may be missing; where it is null, the type must allow that.
    pub fn given<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.fields.remove(name)?;
        self.read(name, value)
    }

    /// Takes a field that may be missing or null exactly where its type has room for that, as an `Option` has.
    pub fn field<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if let Some(value) = self.fields.remove(name) {
            return self.read(name, value);
        }
        let nothing = serde_json::from_value(Value::Null).ok();
        if nothing.is_none() {
            self.refuse(name, "is required");
        }
        nothing
    }

    /// Takes a field as it is.
    pub fn raw(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// Ends the reading: what was made of the fields, unless one of them broke a rule or nobody asked for it.
    pub fn finish<T>(mut self, made: Option<T>) -> Result<T, InvalidBody> {
        let unknown: Vec<_> = self.fields.keys().cloned().collect();
        for name in unknown {
            self.refuse(&name, "is not a field of this request");
        }
        self.finish_open(made)
    }

    /// Ends the reading of a body of which nothing is made, unless an error was noted.
    pub fn finish_if_sound(self) -> Result<(), InvalidBody> {
        if self.errors.is_empty() { Ok(()) } else { Err(InvalidBody::Fields(self.errors)) }
    }

    /// The same where nobody minds further fields, which a later version of the sender may add.
    pub fn finish_open<T>(self, made: Option<T>) -> Result<T, InvalidBody> {
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(InvalidBody::Fields(self.errors)),
        }
    }

    fn read<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        serde_json::from_value(value).map_err(|error| self.refuse(name, &error.to_string())).ok()
    }

    /// Notes that a field breaks a rule, unless enough of them are noted, or one about the same field.
    pub fn refuse(&mut self, name: &str, detail: &str) {
        let FieldError { pointer, detail } = FieldError::of(name, detail);
        self.note(FieldError { pointer: format!("{}{pointer}", self.place), detail });
    }

    fn note(&mut self, error: FieldError) {
        let is_noted = self.errors.iter().any(|noted| noted.pointer == error.pointer);
        if self.errors.len() < MAX_ERRORS && !is_noted {
            self.errors.push(error);
        }
    }
}

impl FieldError {
    /// About the field of that name at the top of a body. What the sender may have made long is cut.
    pub fn of(name: &str, detail: &str) -> Self {
        let pointer = format!("/{}", cut(name, MAX_NAME).replace('~', "~0").replace('/', "~1"));
        Self { pointer, detail: cut(detail, MAX_DETAIL) }
    }
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
