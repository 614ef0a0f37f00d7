//! The tables as `template.yaml` declares them, so that they are written once.

use serde_json::{Map, Value, json};

/// Compiled in: a runner works wherever it is started.
const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The properties that DynamoDB's `CreateTable` takes under the same names and in the same shapes.
const SHARED: [&str; 5] =
    ["AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes"];

/// One table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its logical id.
    pub name: String,
    /// The request of `CreateTable`.
    pub create: Value,
    /// The attribute by which items expire.
    pub ttl_attribute: Option<String>,
}

/// `template.yaml` is not what the runner can read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML, or an intrinsic function where a plain value is needed.
    #[error("template.yaml: {0}")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// No `Resources`.
    #[error("template.yaml has no Resources")]
    NoResources,
}

/// All tables of the template.
pub fn tables() -> Result<Vec<Table>, TemplateError> {
    let template: serde_yaml_ng::Value = serde_yaml_ng::from_str(TEMPLATE)?;
    let resources = template.get("Resources").and_then(serde_yaml_ng::Value::as_mapping);
    let mut tables = Vec::new();
    for (name, resource) in resources.ok_or(TemplateError::NoResources)? {
        let is_table =
            resource.get("Type").and_then(serde_yaml_ng::Value::as_str) == Some("AWS::DynamoDB::Table");
        if let (true, Some(name), Some(properties)) = (is_table, name.as_str(), resource.get("Properties")) {
            tables.push(table(name, properties)?);
        }
    }
    Ok(tables)
}

fn table(name: &str, properties: &serde_yaml_ng::Value) -> Result<Table, TemplateError> {
    let property = |name: &str| -> Result<Option<Value>, TemplateError> {
        Ok(properties.get(name).map(|value| serde_yaml_ng::from_value(value.clone())).transpose()?)
    };
    let mut create = Map::from_iter([("TableName".to_owned(), json!(name))]);
    for name in SHARED {
        if let Some(value) = property(name)? {
            create.insert(name.to_owned(), value);
        }
    }
    if let Some(mut stream) = property("StreamSpecification")? {
        // CloudFormation enables a stream by describing it.
        stream["StreamEnabled"] = json!(true);
        create.insert("StreamSpecification".to_owned(), stream);
    }
    let ttl = property("TimeToLiveSpecification")?;
    let ttl_attribute = ttl.as_ref().and_then(|ttl| ttl["AttributeName"].as_str()).map(str::to_owned);
    Ok(Table { name: name.to_owned(), create: Value::Object(create), ttl_attribute })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;

    #[test]
    fn the_template_declares_the_three_tables() {
        let tables = tables().unwrap();
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, [names::INBOX, names::CONNECTIONS, names::DIRECTORY]);
        assert!(tables.iter().all(|table| table.ttl_attribute.as_deref() == Some("expires_at")));
        let inbox = &tables[0].create;
        assert_eq!(
            inbox["StreamSpecification"],
            json!({ "StreamViewType": "NEW_AND_OLD_IMAGES", "StreamEnabled": true })
        );
        assert_eq!(inbox["LocalSecondaryIndexes"][0]["IndexName"], "by_state");
    }
}
