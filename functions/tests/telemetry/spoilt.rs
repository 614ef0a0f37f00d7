//! Records of the stream that this version can't read, in every way in which an image can be spoilt.

use serde_json::{Value, json};

use crate::support::sample::event;

/// What stands in an attribute instead.
fn instead() -> Vec<Value> {
    vec![
        json!({ "S": "canary" }),
        json!({ "S": "\"canary\"" }),
        json!({ "S": "n#canary" }),
        json!({ "S": "u#canary" }),
        json!({ "S": "javascript:canary" }),
        json!({ "S": "{\"canary\":" }),
        json!({ "S": format!("canary{}", "!".repeat(20_000)) }),
        json!({ "S": "canary\u{202e}\u{0}" }),
        json!({ "N": "4711" }),
        json!({ "NULL": true }),
        json!({ "L": [{ "S": "canary" }] }),
        json!({ "M": { "canary": { "S": "canary" } } }),
        json!({ "SS": ["canary"] }),
    ]
}

/// One batch with each attribute of a notification, and each of the watermarks, spoilt in each way.
pub(crate) fn batch() -> Value {
    let mut records = Vec::new();
    for sample in ["fanout-insert", "fanout-read-all"] {
        let record = event(sample)["Records"][0].clone();
        let names: Vec<_> = record["dynamodb"]["NewImage"].as_object().unwrap().keys().cloned().collect();
        for name in names.iter().map(String::as_str).chain(["trace", "read_at", "canary"]) {
            for value in instead() {
                let mut spoilt = record.clone();
                let image = &mut spoilt["dynamodb"]["NewImage"];
                image["user"] = json!({ "S": "canary-user" });
                image[name] = value;
                records.push(spoilt);
            }
        }
    }
    json!({ "Records": records })
}
