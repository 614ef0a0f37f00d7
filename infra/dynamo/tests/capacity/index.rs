//! The local index `by_state`: its entries are charged by their own size, and only where they change.

use belfry_dynamo::Units;
use serde_json::{Value, json};

use crate::{Inbox, indexed, item, key};

/// A consistent query of the index, with more parameters.
fn query_with(more: &Value) -> Value {
    let mut request = json!({
        "IndexName": "by_state",
        "ConsistentRead": true,
        "KeyConditionExpression": "#user = :user",
        "ExpressionAttributeNames": { "#user": "user" },
        "ExpressionAttributeValues": { ":user": { "S": "ana" } },
    });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

async fn query(inbox: &Inbox, more: Value) -> Units {
    inbox.cost("Query", query_with(&more)).await
}

#[tokio::test]
async fn a_query_costs_the_entries_and_not_the_items() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| indexed(sort, "u#1", 100, 3_000))).await;
    assert_eq!(query(&inbox, json!({})).await, Units::read(1.0));
    assert_eq!(query(&inbox, json!({ "ConsistentRead": false })).await, Units::read(0.5));
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| indexed(sort, "u#1", 1_400, 3_000))).await;
    assert_eq!(query(&inbox, json!({})).await, Units::read(2.0));
    assert_eq!(query(&inbox, json!({ "Select": "COUNT" })).await, Units::read(2.0));
}

/// AWS: one unit for the entries and one for each item, four.
#[tokio::test]
async fn a_query_for_whole_items_rounds_them_together() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| indexed(sort, "u#1", 100, 1_000))).await;
    assert_eq!(query(&inbox, json!({ "Select": "ALL_ATTRIBUTES" })).await, Units::read(2.0));
}

/// AWS: four, as above, and the answer has the attribute.
#[tokio::test]
async fn a_query_for_an_attribute_outside_the_index_reads_no_items() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| indexed(sort, "u#1", 100, 1_000))).await;
    let request = query_with(&json!({ "ProjectionExpression": "body" }));
    assert_eq!(inbox.ask("Query", request.clone()).await["Items"], json!([{}, {}, {}]));
    assert_eq!(inbox.cost("Query", request).await, Units::read(1.0));
}

#[tokio::test]
async fn an_entry_costs_by_its_own_size() {
    let inbox = Inbox::new().await;
    assert_eq!(inbox.put(item("a", 500)).await, Units::write(1.0));
    assert_eq!(inbox.put(indexed("b", "u#1", 100, 500)).await, Units::write(1.0 + 1.0));
    assert_eq!(inbox.put(indexed("c", "u#1", 1024, 3_000)).await, Units::write(3.0 + 1.0));
    assert_eq!(inbox.put(indexed("d", "u#1", 1025, 3_000)).await, Units::write(3.0 + 2.0));
}

#[tokio::test]
async fn a_put_costs_the_change_of_the_entry() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 500)]).await;
    assert_eq!(inbox.put(indexed("a", "u#1", 100, 500)).await, Units::write(1.0));
    assert_eq!(inbox.put(indexed("a", "u#1", 100, 600)).await, Units::write(1.0));
    assert_eq!(inbox.put(indexed("a", "r#2", 100, 600)).await, Units::write(1.0 + 2.0));
    assert_eq!(inbox.put(item("a", 500)).await, Units::write(1.0 + 1.0));
}

#[tokio::test]
async fn an_update_of_the_indexs_key_deletes_and_puts() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 500), indexed("b", "u#1", 1_500, 2_000)]).await;
    assert_eq!(inbox.update("a", "SET #state = :value", "r#2").await, Units::write(1.0 + 2.0));
    assert_eq!(inbox.update("a", "SET #state = :value", "r#2").await, Units::write(1.0));
    assert_eq!(inbox.update("b", "SET #state = :value", "r#2").await, Units::write(2.0 + 4.0));
    assert_eq!(
        inbox.update("b", "SET #state = :value REMOVE notification_type", "d#3").await,
        Units::write(2.0 + 3.0)
    );
}

#[tokio::test]
async fn an_update_that_enters_or_leaves_the_index_writes_once() {
    let inbox = Inbox::holding([item("a", 500)]).await;
    assert_eq!(inbox.update("a", "SET #state = :value", "u#1").await, Units::write(1.0 + 1.0));
    assert_eq!(inbox.update("a", "REMOVE #state", "").await, Units::write(1.0 + 1.0));
}

#[tokio::test]
async fn an_update_of_what_the_index_holds_writes_once() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 500)]).await;
    assert_eq!(inbox.update("a", "SET notification_type = :value", "x").await, Units::write(1.0 + 1.0));
    assert_eq!(
        inbox.update("a", "SET notification_type = :value", &"x".repeat(1_100)).await,
        Units::write(2.0 + 2.0)
    );
    assert_eq!(inbox.update("a", "SET notification_type = :value", "x").await, Units::write(2.0 + 2.0));
}

#[tokio::test]
async fn an_update_of_anything_else_leaves_the_index_alone() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 500)]).await;
    assert_eq!(inbox.update("a", "SET body = :value", "x").await, Units::write(1.0));
    assert_eq!(
        inbox.update("a", "SET notification_type = notification_type, body = :value", "y").await,
        Units::write(1.0)
    );
}

#[tokio::test]
async fn a_deletion_deletes_the_entry() {
    let inbox = Inbox::holding([indexed("a", "u#1", 1_500, 2_500)]).await;
    assert_eq!(inbox.cost("DeleteItem", json!({ "Key": key("a") })).await, Units::write(3.0 + 2.0));
}
