//! What a signal is made of.

use belfry_domain::{
    Event, UserId,
    body::{Body, InvalidBody},
    text::Label,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::effect::Effect;

/// The place of a detail in its event.
pub(super) const DETAIL: &str = "/detail";

/// One kind of domain event.
pub(super) trait Signal: Sized {
    /// Which service it comes from; none where any may send it.
    const SOURCE: Option<&'static str>;

    /// What kind of event it is.
    const DETAIL_TYPE: &'static str;

    /// The shape of its detail.
    type Detail: ToSchema;

    /// Reads a detail; the error names every field that breaks a rule.
    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody>;

    /// What it comes to, in this order.
    fn effects(self) -> Result<Vec<Effect>, InvalidBody>;
}

/// Declares the detail of a signal: each field with its type, which says whether it may be missing. Further fields are
/// nobody's concern.
macro_rules! detail {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, utoipa::ToSchema)]
        pub(super) struct $name {
            $($(#[$field_meta])* $field: $type),*
        }

        impl $name {
            fn read(
                detail: serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, belfry_domain::body::InvalidBody> {
                let mut body = belfry_domain::body::Body::within($crate::signals::contract::DETAIL, detail);
                $(let $field = body.field(stringify!($field));)*
                let read = (|| Some(Self { $($field: $field?),* }))();
                body.finish_open(read)
            }
        }
    };
}

pub(super) use detail;

pub(super) fn is_named<S: Signal>(event: &Event) -> bool {
    event.detail_type.as_str() == S::DETAIL_TYPE
        && S::SOURCE.is_none_or(|source| event.source.as_str() == source)
}

pub(super) fn read<S: Signal>(event: &Event) -> Result<S, InvalidBody> {
    S::parse(event.detail.clone())
}

/// A signal as its senders see it.
#[derive(Clone)]
pub struct Contract {
    /// Which service sends it; none where any may.
    pub source: Option<&'static str>,
    /// What kind of event it is.
    pub detail_type: &'static str,
    /// The name of its detail's schema.
    name: String,
    schema: RefOr<Schema>,
    referenced: Vec<(String, RefOr<Schema>)>,
}

impl Contract {
    pub(super) fn of<S: Signal>() -> Self {
        let mut referenced = Vec::new();
        S::Detail::schemas(&mut referenced);
        let (name, schema) = (S::Detail::name().into_owned(), S::Detail::schema());
        Self { source: S::SOURCE, detail_type: S::DETAIL_TYPE, name, schema, referenced }
    }

    /// The name of its detail's schema among [`Self::components`].
    pub(crate) fn detail_name(&self) -> &str {
        &self.name
    }

    /// The schema of its detail and those that it refers to, by their names in an OpenAPI document.
    pub(crate) fn components(&self) -> Vec<(String, RefOr<Schema>)> {
        let own = (self.name.clone(), self.schema.clone());
        self.referenced.iter().cloned().chain([own]).collect()
    }

    /// The JSON Schema (2020-12) of its detail.
    pub fn json_schema(&self) -> Value {
        let definitions: Map<_, _> =
            self.referenced.iter().map(|(name, schema)| (name.clone(), json!(schema))).collect();
        let mut document = json!(self.schema);
        document["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        document["title"] = json!(self.detail_type);
        if !definitions.is_empty() {
            document["$defs"] = Value::Object(definitions);
        }
        let text = document.to_string().replace("#/components/schemas/", "#/$defs/");
        serde_json::from_str(&text).unwrap_or(document)
    }
}

/// An id as services have them: a text, or a whole number.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "must be a text or a whole number")]
pub(super) enum TextOrNumber {
    Text(String),
    Number(i64),
}

impl From<TextOrNumber> for String {
    fn from(id: TextOrNumber) -> Self {
        match id {
            TextOrNumber::Text(text) => text,
            TextOrNumber::Number(number) => number.to_string(),
        }
    }
}

macro_rules! reference {
    ($(#[$meta:meta])* $name:ident, $of:ty) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
        #[serde(try_from = "TextOrNumber")]
        #[schema(value_type = TextOrNumber)]
        pub(super) struct $name(pub(super) $of);

        impl TryFrom<TextOrNumber> for $name {
            type Error = <$of as TryFrom<String>>::Error;

            fn try_from(id: TextOrNumber) -> Result<Self, Self::Error> {
                <$of>::try_from(String::from(id)).map(Self)
            }
        }
    };
}

reference! {
    /// A user's id.
    UserReference, UserId
}

reference! {
    /// An object's id, at most 100 characters.
    ObjectReference, Label
}

/// Fails where a field that may be null is not even that.
pub(super) fn stated(detail: &Map<String, Value>, names: &[&str]) -> Result<(), InvalidBody> {
    let mut body = Body::within(DETAIL, Map::new());
    for name in names.iter().filter(|name| !detail.contains_key(**name)) {
        body.refuse(name, "is required; null says that there is none");
    }
    body.finish_if_sound()
}
