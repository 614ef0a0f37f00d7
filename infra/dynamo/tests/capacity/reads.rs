//! Reads of the table: 4 KB a unit, half of it where eventually consistent.

use belfry_dynamo::Units;
use serde_json::{Value, json};

use crate::{Inbox, item, key};

async fn get(inbox: &Inbox, sort: &str, consistent: bool) -> Units {
    inbox.cost("GetItem", json!({ "Key": key(sort), "ConsistentRead": consistent })).await
}

/// A consistent query of the user, with more parameters.
async fn query(inbox: &Inbox, more: Value) -> Units {
    let mut request = json!({
        "ConsistentRead": true,
        "KeyConditionExpression": "#user = :user",
        "ExpressionAttributeNames": { "#user": "user" },
        "ExpressionAttributeValues": { ":user": { "S": "ana" } },
    });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    inbox.cost("Query", request).await
}

#[tokio::test]
async fn an_item_is_rounded_up_to_4_kb() {
    let inbox = Inbox::holding([item("a", 4096), item("b", 4097)]).await;
    assert_eq!(get(&inbox, "a", true).await, Units::read(1.0));
    assert_eq!(get(&inbox, "a", false).await, Units::read(0.5));
    assert_eq!(get(&inbox, "b", true).await, Units::read(2.0));
    assert_eq!(get(&inbox, "b", false).await, Units::read(1.0));
}

#[tokio::test]
async fn a_part_of_an_item_costs_the_whole() {
    let inbox = Inbox::holding([item("a", 4097)]).await;
    let part = json!({ "Key": key("a"), "ConsistentRead": true, "ProjectionExpression": "body" });
    assert_eq!(inbox.cost("GetItem", part).await, Units::read(2.0));
}

#[tokio::test]
async fn a_missing_item_costs_as_a_small_one() {
    let inbox = Inbox::new().await;
    assert_eq!(get(&inbox, "a", true).await, Units::read(1.0));
    assert_eq!(get(&inbox, "a", false).await, Units::read(0.5));
}

#[tokio::test]
async fn a_query_rounds_the_sum_of_what_it_read() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| item(sort, 1_400))).await;
    assert_eq!(query(&inbox, json!({})).await, Units::read(2.0));
    assert_eq!(query(&inbox, json!({ "ConsistentRead": false })).await, Units::read(1.0));
    assert_eq!(query(&inbox, json!({ "Select": "COUNT" })).await, Units::read(2.0));
    assert_eq!(query(&inbox, json!({ "ProjectionExpression": "body" })).await, Units::read(2.0));
    assert_eq!(query(&inbox, json!({ "Limit": 2 })).await, Units::read(1.0));
}

#[tokio::test]
async fn a_filter_saves_nothing() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| item(sort, 1_400))).await;
    let filter = json!({ "FilterExpression": "attribute_exists(absent)" });
    assert_eq!(query(&inbox, filter).await, Units::read(2.0));
}

#[tokio::test]
async fn a_query_that_finds_nothing_costs_as_a_small_item() {
    let inbox = Inbox::new().await;
    assert_eq!(query(&inbox, json!({})).await, Units::read(1.0));
    assert_eq!(query(&inbox, json!({ "ConsistentRead": false })).await, Units::read(0.5));
}

#[tokio::test]
async fn a_scan_costs_what_it_read() {
    let inbox = Inbox::holding(["a", "b", "c"].map(|sort| item(sort, 1_400))).await;
    let scan = json!({ "ConsistentRead": true, "FilterExpression": "attribute_exists(absent)" });
    assert_eq!(inbox.cost("Scan", scan).await, Units::read(2.0));
    assert_eq!(inbox.cost("Scan", json!({})).await, Units::read(1.0));
}

#[tokio::test]
async fn numbers_lists_and_maps_have_the_documented_sizes() {
    // 7 + 5 bytes of key; a list and a map are 3 bytes and 1 for each element, a number 1 and 1 for two digits.
    let mut counted = key("a");
    counted["number"] = json!({ "N": "1234" });
    counted["list"] = json!({ "L": [{ "S": "x" }, { "BOOL": true }] });
    counted["map"] = json!({ "M": { "key": { "NULL": true } } });
    let bytes = 7 + 5 + (6 + 3) + (4 + 3 + 2 + 1 + 1) + (3 + 3 + 1 + 3 + 1);
    for (more, units) in [(1024 - bytes, 1.0), (1025 - bytes, 2.0)] {
        counted["body"] = json!({ "S": "x".repeat(more - "body".len()) });
        assert_eq!(Inbox::new().await.put(counted.clone()).await, Units::write(units));
    }
}
