//! What is recorded of which calls, and that the client sees nothing of it.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_dynamo::{Call, Fault, Units, names};
use serde_json::json;

use crate::{Inbox, item, key};

#[tokio::test]
async fn the_client_gets_what_it_asked_for() {
    let inbox = Inbox::holding([item("a", 500)]).await;
    let mut request = json!({ "Key": key("a") });
    let answer = inbox.ask("GetItem", request.clone()).await;
    assert_eq!(answer, inbox.ask_directly("GetItem", request.clone()).await);
    assert_eq!(answer, json!({ "Item": item("a", 500) }));
    request["ReturnConsumedCapacity"] = "NONE".into();
    assert_eq!(inbox.cost("GetItem", request.clone()).await, Units::read(0.5));
    request["ReturnConsumedCapacity"] = "TOTAL".into();
    let answer = inbox.ask("GetItem", request).await;
    assert_eq!(answer["ConsumedCapacity"], json!({ "TableName": names::INBOX, "CapacityUnits": 0.5 }));
}

#[tokio::test]
async fn the_request_is_recorded_as_it_was_sent() {
    let inbox = Inbox::new().await;
    let mut request = json!({ "Item": item("a", 500), "ConditionExpression": "attribute_not_exists(body)" });
    request["TableName"] = names::INBOX.into();
    inbox.ask("PutItem", request.clone()).await;
    assert_eq!(inbox.wire.take_calls()[0].request, request.to_string());
}

#[tokio::test]
async fn an_operation_without_units_passes_as_it_is() {
    let inbox = Inbox::new().await;
    assert_eq!(inbox.cost("DescribeTable", json!({})).await, Units::default());
    let answer = inbox.ask("DescribeTable", json!({})).await;
    assert_eq!(answer["Table"]["TableName"], names::INBOX);
}

#[tokio::test]
async fn the_calls_of_an_sdk_add_up() {
    let inbox = Inbox::new().await;
    let client = Client::new(&inbox.wire.sdk_config().await);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = client.put_item().table_name(names::INBOX).item("user", text("ana")).item("item", text("a"));
    put.item("state", text("u#1")).send().await.unwrap();
    let get = client.get_item().table_name(names::INBOX).key("user", text("ana")).key("item", text("a"));
    assert!(get.send().await.unwrap().item.is_some());
    let units: Units = inbox.wire.take_calls().iter().map(Call::units).sum();
    assert_eq!(units, Units { read: 0.5, write: 2.0 });
}

#[tokio::test]
async fn what_is_not_carried_out_is_free() {
    let inbox = Inbox::new().await;
    for fault in [Fault::Throttle, Fault::ServerError] {
        inbox.wire.order("GetItem", fault);
        assert_eq!(inbox.cost("GetItem", json!({ "Key": key("a") })).await, Units::default());
    }
}

#[tokio::test]
async fn what_is_carried_out_late_or_unheard_costs_the_same() {
    let inbox = Inbox::new().await;
    inbox.wire.order("PutItem", Fault::Delay(Duration::from_millis(10)));
    assert_eq!(inbox.put(item("a", 1_500)).await, Units::write(2.0));
    inbox.wire.order("PutItem", Fault::LoseAnswer);
    let lost = tokio::time::timeout(Duration::from_millis(500), inbox.put(item("a", 1_500)));
    assert!(lost.await.is_err());
    assert_eq!(inbox.wire.take_calls()[0].units(), Units::write(2.0));
}
