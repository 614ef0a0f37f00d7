//! Refused writes: charged by the item, without the index.

use belfry_dynamo::{Units, names};
use serde_json::{Value, json};

use crate::{Inbox, indexed, item, key};

const EXISTS: &str = "attribute_exists(body)";
const MISSING: &str = "attribute_not_exists(body)";

fn put(item: &Value, condition: &str) -> Value {
    json!({ "Item": item, "ConditionExpression": condition })
}

fn delete(sort: &str, condition: &str) -> Value {
    json!({ "Key": key(sort), "ConditionExpression": condition })
}

fn update(sort: &str, condition: &str) -> Value {
    json!({
        "Key": key(sort),
        "ConditionExpression": condition,
        "UpdateExpression": "SET changed = :value",
        "ExpressionAttributeValues": { ":value": { "S": "x" } },
    })
}

#[tokio::test]
async fn a_put_costs_the_larger_of_the_stored_and_the_new_item() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 3_000)]).await;
    assert_eq!(inbox.cost("PutItem", put(&item("a", 100), MISSING)).await, Units::write(3.0));
    assert_eq!(inbox.cost("PutItem", put(&item("a", 4_000), MISSING)).await, Units::write(4.0));
    assert_eq!(inbox.cost("PutItem", put(&item("new", 2_000), EXISTS)).await, Units::write(2.0));
}

#[tokio::test]
async fn an_update_or_a_deletion_costs_the_stored_item() {
    let inbox = Inbox::holding([indexed("a", "u#1", 100, 3_000)]).await;
    for (operation, request) in [("UpdateItem", update("a", MISSING)), ("DeleteItem", delete("a", MISSING))] {
        assert_eq!(inbox.cost(operation, request).await, Units::write(3.0));
    }
    for (operation, request) in [("UpdateItem", update("b", EXISTS)), ("DeleteItem", delete("b", EXISTS))] {
        assert_eq!(inbox.cost(operation, request).await, Units::write(1.0));
    }
}

#[tokio::test]
async fn the_stored_item_returns_only_to_who_asked_for_it() {
    let inbox = Inbox::holding([item("a", 3_000)]).await;
    let mut request = delete("a", MISSING);
    let answer = inbox.ask("DeleteItem", request.clone()).await;
    assert_eq!(answer, inbox.ask_directly("DeleteItem", request.clone()).await);
    assert_eq!(answer["Item"], Value::Null);
    request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD".into();
    assert_eq!(inbox.ask("DeleteItem", request.clone()).await["Item"], item("a", 3_000));
    assert_eq!(inbox.cost("DeleteItem", request).await, Units::write(3.0));
}

/// AWS's guide has no number for it.
#[tokio::test]
async fn a_cancelled_transaction_says_nothing() {
    let inbox = Inbox::new().await;
    let mut put = put(&item("a", 500), EXISTS);
    put["TableName"] = names::INBOX.into();
    let request = json!({ "TransactItems": [{ "Put": put }] });
    let answer = inbox.ask("TransactWriteItems", request.clone()).await;
    assert_eq!(answer["CancellationReasons"][0]["Code"], "ConditionalCheckFailed");
    assert_eq!(inbox.cost("TransactWriteItems", request).await, Units::default());
}

#[tokio::test]
async fn an_invalid_request_is_free() {
    let request = json!({ "Item": { "user": { "S": "ana" } } });
    assert_eq!(Inbox::new().await.cost("PutItem", request).await, Units::default());
}
