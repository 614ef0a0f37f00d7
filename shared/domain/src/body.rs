//! Reading a JSON body field by field, so that one answer names every field that breaks a rule.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, MapAccess, Visitor},
};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An answer names at most so many broken rules: more than any request has fields.
pub const MAX_ERRORS: usize = 32;

/// How many characters of a field's name, and of a rule that quotes what was sent, an answer repeats.
const MAX_NAME: usize = 100;
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
    /// Parses the bytes of a request. No bytes at all are not a body.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        let not_json = |error: serde_json::Error| InvalidBody::NotJson(error.to_string());
        let mut text = serde_json::Deserializer::from_slice(bytes);
        let parsed = match Fields::deserialize(&mut text) {
            Ok(parsed) => parsed,
            Err(error) if error.is_data() => return Err(InvalidBody::NotAnObject),
            Err(error) => return Err(not_json(error)),
        };
        text.end().map_err(not_json)?;
        let mut body = Self { fields: parsed.fields, place: "", errors: Vec::new() };
        for name in parsed.repeated {
            body.refuse(&name, "is given more than once");
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

    /// Notes that a field breaks a rule, unless enough of them are noted.
    pub fn refuse(&mut self, name: &str, detail: &str) {
        if self.errors.len() < MAX_ERRORS {
            let FieldError { pointer, detail } = FieldError::of(name, detail);
            self.errors.push(FieldError { pointer: format!("{}{pointer}", self.place), detail });
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

/// An object's fields. Parsers differ on which of two fields of one name counts (RFC 8259, section 4), so a sender's and
/// a reader's view of such a body may differ: it is refused.
struct Fields {
    fields: Map<String, Value>,
    repeated: Vec<String>,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Fields, A::Error> {
        let mut found = Fields { fields: Map::new(), repeated: Vec::new() };
        while let Some((name, value)) = object.next_entry::<String, Value>()? {
            if found.fields.insert(name.clone(), value).is_some() {
                found.repeated.push(name);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
