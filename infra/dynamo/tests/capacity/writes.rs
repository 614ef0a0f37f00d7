//! Writes of items outside the index: 1 KB a unit.

use belfry_dynamo::Units;
use serde_json::json;

use crate::{Inbox, item, key};

#[tokio::test]
async fn an_item_is_rounded_up_to_1_kb() {
    let inbox = Inbox::new().await;
    assert_eq!(inbox.put(item("a", 1024)).await, Units::write(1.0));
    assert_eq!(inbox.put(item("b", 1025)).await, Units::write(2.0));
}

#[tokio::test]
async fn a_put_costs_the_larger_of_the_old_and_the_new_item() {
    let inbox = Inbox::holding([item("a", 3_000)]).await;
    assert_eq!(inbox.put(item("a", 100)).await, Units::write(3.0));
    assert_eq!(inbox.put(item("a", 2_000)).await, Units::write(2.0));
}

#[tokio::test]
async fn an_update_costs_the_larger_of_the_item_before_and_after() {
    let inbox = Inbox::holding([item("a", 3_000)]).await;
    assert_eq!(inbox.update("a", "SET title = :value", "x").await, Units::write(3.0));
    assert_eq!(inbox.update("a", "REMOVE body", "").await, Units::write(3.0));
    assert_eq!(inbox.update("a", "SET title = :value", "y").await, Units::write(1.0));
    assert_eq!(inbox.update("a", "SET body = :value", &"x".repeat(1_500)).await, Units::write(2.0));
    assert_eq!(inbox.update("new", "SET title = :value", "x").await, Units::write(1.0));
}

#[tokio::test]
async fn a_deletion_costs_the_deleted_item() {
    let inbox = Inbox::holding([item("a", 3_000)]).await;
    assert_eq!(inbox.cost("DeleteItem", json!({ "Key": key("a") })).await, Units::write(3.0));
    assert_eq!(inbox.cost("DeleteItem", json!({ "Key": key("a") })).await, Units::write(1.0));
}

#[tokio::test]
async fn a_condition_that_holds_and_values_that_return_are_free() {
    let inbox = Inbox::holding([item("a", 2_000)]).await;
    let request = json!({
        "Item": item("a", 1_500),
        "ConditionExpression": "attribute_exists(body)",
        "ReturnValues": "ALL_OLD",
    });
    assert_eq!(inbox.cost("PutItem", request).await, Units::write(2.0));
}
