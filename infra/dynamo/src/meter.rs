//! Asks DynamoDB for the consumed capacity of each request, without the client seeing it.

use axum::body::Bytes;
use dynoxide::{
    Item,
    types::{item_size, table_write_capacity_units},
};
use serde_json::{Map, Value};

use crate::call::Units;

/// A request that asks for its cost.
pub(crate) struct Meter {
    reads: bool,
    request: Map<String, Value>,
    /// The members of the answer that only the meter asked for.
    unasked: Vec<&'static str>,
}

impl Meter {
    /// `None` for an operation that consumes no units. Statements in PartiQL are taken for writes, which is all they are used
    /// for.
    pub(crate) fn of(operation: &str, request: &[u8]) -> Option<Self> {
        let reads = match operation {
            "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems" => true,
            "PutItem"
            | "UpdateItem"
            | "DeleteItem"
            | "BatchWriteItem"
            | "TransactWriteItems"
            | "BatchExecuteStatement" => false,
            _ => return None,
        };
        let mut meter = Self { reads, request: serde_json::from_slice(request).ok()?, unasked: Vec::new() };
        meter.ask("ReturnConsumedCapacity", "INDEXES", "ConsumedCapacity");
        if meter.request.contains_key("ConditionExpression") {
            meter.ask("ReturnValuesOnConditionCheckFailure", "ALL_OLD", "Item");
        }
        Some(meter)
    }

    fn ask(&mut self, parameter: &str, value: &str, member: &'static str) {
        if self.request.get(parameter).is_none_or(|asked| asked == "NONE") {
            self.request.insert(parameter.to_owned(), value.into());
            self.unasked.push(member);
        }
    }

    /// The request as the database gets it.
    pub(crate) fn request(&self) -> Bytes {
        Value::from(self.request.clone()).to_string().into()
    }

    /// What the answer says was consumed, and the answer that the client asked for; `None` if it isn't one.
    pub(crate) fn read(&self, answer: &[u8]) -> Option<(Units, Bytes)> {
        let mut answer: Map<String, Value> = serde_json::from_slice(answer).ok()?;
        let units = match answer.get("ConsumedCapacity") {
            Some(Value::Array(tables)) => tables.iter().map(|table| self.consumed(table)).sum(),
            Some(table) => self.consumed(table),
            None => self.refused(&answer),
        };
        answer.retain(|member, _| !self.unasked.contains(&member.as_str()));
        Some((units, Value::from(answer).to_string().into()))
    }

    /// Of one table. A repeated transaction finds its token, and is charged as a read.
    fn consumed(&self, table: &Value) -> Units {
        let units = table["CapacityUnits"].as_f64().unwrap_or_default();
        if self.reads || table["ReadCapacityUnits"].is_number() {
            Units::read(units)
        } else {
            Units::write(units)
        }
    }

    fn refused(&self, answer: &Map<String, Value>) -> Units {
        let error = answer.get("__type").and_then(Value::as_str).unwrap_or_default();
        if !error.ends_with("#ConditionalCheckFailedException") {
            return Units::default();
        }
        let (stored, put) = (size(answer.get("Item")), size(self.request.get("Item")));
        Units::write(table_write_capacity_units(stored, put))
    }
}

/// The bytes of an item's JSON as DynamoDB counts them.
fn size(item: Option<&Value>) -> Option<usize> {
    let item: Item = serde_json::from_value(item?.clone()).ok()?;
    Some(item_size(&item))
}
