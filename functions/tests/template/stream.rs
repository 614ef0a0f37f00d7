//! The mapping from the stream to the fan-out, as the fan-out's code needs it.

use serde_json::{Value, json};

use crate::{
    support::sample::{event, names},
    template::{Resource, Template, texts},
};

fn mapping(template: &Template) -> Resource<'_> {
    template.resource("FanoutMapping")
}

/// Whether an event filter lets a record through, as far as these filters go: nested fields, any of several values,
/// and prefixes.
fn lets_through(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, pattern)| lets_through(pattern, &record[name])),
        Value::Array(choices) => choices.iter().any(|choice| match choice["prefix"].as_str() {
            Some(prefix) => record.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => choice == record,
        }),
        other => panic!("no filter: {other}"),
    }
}

fn filters(template: &Template) -> Vec<Value> {
    let filters = mapping(template).properties["FilterCriteria"]["Filters"].as_sequence().unwrap();
    filters.iter().map(|filter| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap()).collect()
}

#[test]
fn the_filter_lets_through_what_can_be_news_and_keeps_away_what_expired() {
    let filters = filters(&Template::read());
    let passes = |record: &Value| filters.iter().any(|filter| lets_through(filter, record));
    for name in names().iter().filter(|name| name.starts_with("fanout-")) {
        for record in event(name)["Records"].as_array().unwrap() {
            assert_eq!(passes(record), name != "fanout-remove", "{name}");
        }
    }
    let record = |event_name: &str, item: &str| json!({ "eventName": event_name, "dynamodb": { "Keys": { "item": { "S": item } } } });
    for event_name in ["INSERT", "MODIFY"] {
        assert!(passes(&record(event_name, "n#1")) && passes(&record(event_name, "meta")), "{event_name}");
        assert!(!passes(&record(event_name, "x#1")) && !passes(&record(event_name, "metadata")));
    }
    assert!(!passes(&record("REMOVE", "n#1")) && !passes(&record("REMOVE", "meta")));
}

#[test]
fn the_mapping_feeds_the_fan_out_from_the_stream_of_the_inbox() {
    let template = Template::read();
    let mapping = mapping(&template);
    assert_eq!(template.resource(mapping.text("FunctionName")).bin(), "fanout");
    assert_eq!(mapping.text("EventSourceArn"), "InboxTable.StreamArn");
}

#[test]
fn failures_are_reported_by_record_and_one_batch_of_a_shard_runs_at_a_time() {
    let template = Template::read();
    let properties = mapping(&template).properties;
    assert_eq!(texts(&properties["FunctionResponseTypes"]), ["ReportBatchItemFailures"]);
    assert_eq!(properties["BisectBatchOnFunctionError"], true);
    assert_eq!(properties["ParallelizationFactor"], 1);
    assert!(properties["MaximumRetryAttempts"].as_i64().is_some_and(|tries| tries > 0));
    assert!(properties["MaximumRecordAgeInSeconds"].as_i64().is_some_and(|age| age > 0));
    let destination = &properties["DestinationConfig"]["OnFailure"]["Destination"];
    assert_eq!(crate::template::text(destination), "FailureBucket.Arn");
}
