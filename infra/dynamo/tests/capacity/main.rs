//! What the wire says a call consumed, held to the rules that AWS documents.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod batches;
mod index;
mod reads;
mod refused;
mod wire;
mod writes;

use belfry_dynamo::{Embedded, Units, Wire, access_key, names};
use serde_json::{Value, json};

/// The embedded DynamoDB requires its access key id, and accepts any signature.
fn signed() -> String {
    format!("AWS4-HMAC-SHA256 Credential={}/any, SignedHeaders=any, Signature=any", access_key().id())
}

/// An inbox behind a wire.
struct Inbox {
    database: Embedded,
    wire: Wire,
    client: reqwest::Client,
}

impl Inbox {
    async fn new() -> Self {
        let database = Embedded::memory().await.unwrap();
        let wire = Wire::to(database.endpoint()).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { database, wire, client }
    }

    async fn holding(items: impl IntoIterator<Item = Value>) -> Self {
        let inbox = Self::new().await;
        for item in items {
            assert_ne!(inbox.put(item).await, Units::default());
        }
        inbox
    }

    async fn put(&self, item: Value) -> Units {
        self.cost("PutItem", json!({ "Item": item })).await
    }

    /// An update whose expression may name `:value`, and the attribute `state` as `#state`.
    async fn update(&self, sort: &str, expression: &str, value: &str) -> Units {
        let mut request = json!({ "Key": key(sort), "UpdateExpression": expression });
        if expression.contains(":value") {
            request["ExpressionAttributeValues"] = json!({ ":value": { "S": value } });
        }
        if expression.contains("#state") {
            request["ExpressionAttributeNames"] = json!({ "#state": "state" });
        }
        self.cost("UpdateItem", request).await
    }

    /// What a call consumes, carried out or refused.
    async fn cost(&self, operation: &str, request: Value) -> Units {
        self.wire.take_calls();
        self.ask(operation, request).await;
        let calls = self.wire.take_calls();
        assert_eq!(calls.len(), 1);
        calls[0].units()
    }

    /// The answer that comes over the wire.
    async fn ask(&self, operation: &str, request: Value) -> Value {
        let config = self.wire.sdk_config().await;
        self.post(config.endpoint_url().unwrap(), operation, request).await
    }

    /// The answer past the wire.
    async fn ask_directly(&self, operation: &str, request: Value) -> Value {
        self.post(&self.database.endpoint(), operation, request).await
    }

    /// Of the inbox, where the request doesn't name its tables further down.
    async fn post(&self, endpoint: &str, operation: &str, mut request: Value) -> Value {
        if !operation.starts_with("Batch") && !operation.starts_with("Transact") {
            request["TableName"] = names::INBOX.into();
        }
        let post =
            self.client.post(endpoint).header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        let post = post.header("x-amz-date", "any").header("authorization", signed());
        let post = post.header("content-type", "application/x-amz-json-1.0").body(request.to_string());
        serde_json::from_slice(&post.send().await.unwrap().bytes().await.unwrap()).unwrap()
    }
}

fn key(sort: &str) -> Value {
    json!({ "user": { "S": "ana" }, "item": { "S": sort } })
}

/// An item outside the index, of that many bytes.
fn item(sort: &str, bytes: usize) -> Value {
    padded(key(sort), "body", bytes)
}

/// An item with an entry in the index, of that many bytes each.
fn indexed(sort: &str, state: &str, entry: usize, bytes: usize) -> Value {
    let mut item = key(sort);
    item["state"] = json!({ "S": state });
    padded(padded(item, "notification_type", entry), "body", bytes)
}

/// Brings an item of strings to a size: the bytes of its names and values.
fn padded(mut item: Value, attribute: &str, bytes: usize) -> Value {
    let attributes = item.as_object().unwrap().iter();
    let sizes = attributes.map(|(name, value)| name.len() + value["S"].as_str().unwrap().len());
    let missing = bytes - sizes.sum::<usize>() - attribute.len();
    item[attribute] = json!({ "S": "x".repeat(missing) });
    item
}
