//! What the world's tables hold.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::clock;
use belfry_dynamo::names;
use serde_json::Value;

use super::world::World;

impl World {
    /// Puts the new image of each record into the table, with a time to live that lasts.
    pub(crate) async fn store(&self, batch: &Value) {
        for record in batch["Records"].as_array().unwrap() {
            let image = record["dynamodb"]["NewImage"].clone();
            let mut item: HashMap<String, AttributeValue> =
                serde_json::from_value::<serde_dynamo::Item>(image).unwrap().into();
            let end = clock::now().as_seconds() + 3_600;
            item.insert("expires_at".to_owned(), AttributeValue::N(end.to_string()));
            self.raw.put_item().table_name(names::INBOX).set_item(Some(item)).send().await.unwrap();
        }
    }

    /// All items of the inbox, as the stream shows them.
    pub(crate) async fn images(&self) -> Vec<Value> {
        let items =
            self.raw.scan().table_name(names::INBOX).consistent_read(true).send().await.unwrap().items;
        let image = |item| serde_json::to_value(serde_dynamo::Item::from(item)).unwrap();
        items.unwrap_or_default().into_iter().map(image).collect()
    }

    /// How many items the table holds.
    pub(crate) async fn size(&self, table: &str) -> i32 {
        self.raw.scan().table_name(table).consistent_read(true).send().await.unwrap().count
    }

    /// The operations since the last time this was asked.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.wire.take_calls().into_iter().map(|call| call.operation).collect()
    }
}
