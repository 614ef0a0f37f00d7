//! Reads JSON so that it has one meaning. What parsers read differently, or can't keep, is reported as a fault with its
//! place.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Error, Map, Number, Value, value::RawValue};

/// How deep objects and arrays may be nested. It is the limit of `serde_json`, which later reads what is stored.
const MAX_DEPTH: usize = 127;

/// serde_json marks values of its own by names that begin so. It would read an object with such a name as something else.
const RESERVED: &str = "$serde_json::private::";

const REPEATED: &str = "is given more than once";
const RESERVED_NAME: &str = "is a reserved name";
const NUMBER: &str = "must fit into 64 bits or a double; send a longer number as text";

/// What is wrong with one value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// JSON Pointer to the value (RFC 6901).
    pub(crate) pointer: String,
    /// The rule, as a sentence about the value.
    pub(crate) detail: &'static str,
}

/// An object, and what is wrong within it.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) fields: Map<String, Value>,
    pub(crate) faults: Vec<Fault>,
}

/// Why there is no object.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// It isn't JSON, or nested too deeply.
    NotJson(String),
    /// It is JSON of another kind.
    NotAnObject,
}

impl From<Error> for Unreadable {
    fn from(error: Error) -> Self {
        if error.is_data() { Self::NotAnObject } else { Self::NotJson(error.to_string()) }
    }
}

/// Reads an object and nothing after it.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Object, Unreadable> {
    let members = serde_json::from_slice(bytes).map_err(|error| {
        // The first error of `[` is its kind. That it isn't JSON either comes first.
        serde_json::from_slice::<IgnoredAny>(bytes).err().unwrap_or(error)
    })?;
    let mut reader = Reader { pointer: String::new(), faults: Vec::new() };
    let fields = reader.read_members(members, 1)?;
    Ok(Object { fields, faults: reader.faults })
}

struct Reader {
    /// Where the value that is being read is.
    pointer: String,
    faults: Vec<Fault>,
}

impl Reader {
    /// Parsers differ on which of two members of one name counts (RFC 8259, section 4), so a sender's and a reader's view
    /// of such an object may differ.
    fn read_members(
        &mut self,
        Members(members): Members<'_>,
        depth: usize,
    ) -> Result<Map<String, Value>, Unreadable> {
        let mut object = Map::new();
        for (name, value) in members {
            let parent = self.enter(&name.replace('~', "~0").replace('/', "~1"));
            if name.starts_with(RESERVED) {
                self.refuse(RESERVED_NAME);
            } else {
                if object.contains_key(&name) {
                    self.refuse(REPEATED);
                }
                object.insert(name, self.read_value(value, depth)?);
            }
            self.pointer.truncate(parent);
        }
        Ok(object)
    }

    fn read_value(&mut self, raw: &RawValue, depth: usize) -> Result<Value, Unreadable> {
        let text = raw.get();
        if depth >= MAX_DEPTH && text.starts_with(['{', '[']) {
            return Err(Unreadable::NotJson(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        match text.as_bytes().first() {
            Some(b'{') => {
                let members = serde_json::from_str(text)?;
                self.read_members(members, depth + 1).map(Value::Object)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                let mut array = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    let parent = self.enter(&index.to_string());
                    array.push(self.read_value(item, depth + 1)?);
                    self.pointer.truncate(parent);
                }
                Ok(Value::Array(array))
            }
            Some(b'-' | b'0'..=b'9') => Ok(self.read_number(text)),
            _ => Ok(serde_json::from_str(text)?),
        }
    }

    fn read_number(&mut self, literal: &str) -> Value {
        let number = serde_json::from_str::<Number>(literal).ok().filter(|number| is_kept(literal, number));
        if number.is_none() {
            self.refuse(NUMBER);
        }
        number.map_or(Value::Null, Value::Number)
    }

    /// Goes to a member or an item; returns where to come back to.
    fn enter(&mut self, segment: &str) -> usize {
        let parent = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(segment);
        parent
    }

    fn refuse(&mut self, detail: &'static str) {
        self.faults.push(Fault { pointer: self.pointer.clone(), detail });
    }
}

/// Whether the number that was read is the one that was written, up to the rounding of fractions that all doubles have.
fn is_kept(literal: &str, number: &Number) -> bool {
    let Some(double) = number.as_f64().filter(|_| number.is_f64()) else { return true };
    let (digits, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, ""));
    if exponent.is_empty() && !digits.contains('.') {
        // A whole number beyond 64 bits is kept if it is how programs write a double, as JavaScript does up to 1e21.
        return literal == double.to_string();
    }
    double != 0.0 || !digits.contains(|digit: char| ('1'..='9').contains(&digit))
}

/// The members of an object in their order, each value as its text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests;
