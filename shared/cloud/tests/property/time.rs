//! Time that goes by without anybody waiting: everything stored becomes so much older.

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_domain::UserId;
use belfry_dynamo::names;
use uuid::Uuid;

use crate::support::store::{Item, Store};

const SECONDS: [&str; 1] = ["expires_at"];
const MILLIS: [&str; 2] = ["read_at", "snoozed_until"];
const CHANGES: [&str; 4] = ["changed", "state", "read_watermark", "seen_watermark"];
const MOVES: [&str; 2] = ["read_moves", "seen_moves"];

/// Moves everything of the user's into the past; what was created keeps its name.
pub(crate) async fn pass(store: &Store, user: &UserId, seconds: i64) {
    let query = store.raw.query().table_name(names::INBOX).consistent_read(true);
    let query = query.key_condition_expression("#user = :user").expression_attribute_names("#user", "user");
    let query = query.expression_attribute_values(":user", AttributeValue::S(user.to_string()));
    for mut item in query.send().await.unwrap().items.unwrap() {
        age(&mut item, seconds);
        store.insert(item).await;
    }
}

fn age(item: &mut Item, seconds: i64) {
    for (name, value) in item.iter_mut() {
        let name = name.as_str();
        match value {
            AttributeValue::N(number) if SECONDS.contains(&name) => less(number, seconds),
            AttributeValue::N(number) if MILLIS.contains(&name) => less(number, 1000 * seconds),
            AttributeValue::S(text) if CHANGES.contains(&name) => older(text, 1000 * seconds),
            AttributeValue::L(numbers) if MOVES.contains(&name) => {
                for number in numbers {
                    let AttributeValue::N(number) = number else { unreachable!("a time") };
                    less(number, 1000 * seconds);
                }
            }
            _ => {}
        }
    }
}

fn less(number: &mut String, by: i64) {
    *number = (number.parse::<i64>().unwrap() - by).to_string();
}

/// The change at the end of the text, with or without a letter before it.
fn older(text: &mut String, by: i64) {
    const MILLIS_SHIFT: u32 = 80;
    let at = text.find('#').map_or(0, |hash| hash + 1);
    let change: Uuid = text[at..].parse().unwrap();
    let earlier = change.as_u128() - (u128::try_from(by).unwrap() << MILLIS_SHIFT);
    text.replace_range(at.., &Uuid::from_u128(earlier).hyphenated().to_string());
}
