//! What a sender adds for its own programs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::AdditionalProperties},
};

use super::InvalidText;

/// Free data of the sender's: a JSON object of at most 8 KB as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Data(Map<String, Value>);

impl PartialSchema for Data {
    /// Says that any member may be there; otherwise some generators make a type without members.
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Free data of the sender's: a JSON object of at most 8 KB as text."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .examples([json!({ "report_id": 7 })]);
        object.into()
    }
}

impl ToSchema for Data {}

impl TryFrom<Map<String, Value>> for Data {
    type Error = InvalidText;

    fn try_from(object: Map<String, Value>) -> Result<Self, InvalidText> {
        let size = serde_json::to_string(&object).map_or(usize::MAX, |text| text.len());
        if size > 8 * 1024 {
            return Err(InvalidText("a JSON object of at most 8192 bytes"));
        }
        Ok(Self(object))
    }
}

impl From<Data> for Map<String, Value> {
    fn from(data: Data) -> Self {
        data.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_an_object_of_at_most_8_kb() {
        let of_size = |bytes: usize| json!({ "k": "x".repeat(bytes - r#"{"k":""}"#.len()) });
        assert!(serde_json::from_value::<Data>(of_size(8192)).is_ok());
        assert!(serde_json::from_value::<Data>(of_size(8193)).is_err());
        assert!(serde_json::from_value::<Data>(json!([1])).is_err());
    }
}
