//! An alarm on a metric that nobody emits never rings. What the functions emit is held by `alarms`; this is AWS' part.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use crate::template::{Resource, Template};

/// The metrics of AWS that alarms watch: namespace, names, and the dimensions that they have, as AWS documents them.
const EMITTED: [(&str, &[&str], &[&str]); 11] = [
    ("AWS/ApiGateway", &["5xx", "Count", "Latency"], &["ApiId"]),
    ("AWS/ApiGateway", &["ExecutionError", "IntegrationError"], &["ApiId", "Stage"]),
    ("AWS/CloudFront", &["5xxErrorRate"], &["DistributionId", "Region"]),
    ("AWS/DynamoDB", &["ReadThrottleEvents", "WriteThrottleEvents"], &["TableName"]),
    (
        "AWS/DynamoDB",
        &["ReadThrottleEvents", "WriteThrottleEvents"],
        &["TableName", "GlobalSecondaryIndexName"],
    ),
    ("AWS/DynamoDB", &["SystemErrors"], &["TableName", "Operation"]),
    ("AWS/Lambda", &["ClaimedAccountConcurrency"], &[]),
    (
        "AWS/Lambda",
        &["DestinationDeliveryFailures", "Errors", "Invocations", "IteratorAge", "Throttles"],
        &["FunctionName"],
    ),
    // Only where the mapping has `MetricsConfig`.
    (
        "AWS/Lambda",
        &["DroppedEventCount", "OnFailureDestinationDeliveredEventCount"],
        &["EventSourceMappingUUID"],
    ),
    ("AWS/SQS", &["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"], &["QueueName"]),
    ("Belfry", &[], &["FunctionName"]),
];

/// The metrics of an alarm: its own, or those that its expression is made of.
fn metrics<'a>(alarm: &Resource<'a>) -> Vec<&'a Value> {
    let own = Some(alarm.properties).filter(|own| own.get("MetricName").is_some());
    let parts = alarm.properties["Metrics"].as_sequence().into_iter().flatten();
    let parts = parts.filter_map(|metric| metric.get("MetricStat")).map(|stat| &stat["Metric"]);
    parts.chain(own).collect()
}

fn dimension_names(metric: &Value) -> Vec<&str> {
    let dimensions = metric["Dimensions"].as_sequence().into_iter().flatten();
    dimensions.map(|dimension| dimension["Name"].as_str().unwrap()).collect()
}

#[test]
fn every_alarm_watches_what_is_emitted() {
    let template = Template::read();
    let mut watched = BTreeSet::new();
    for alarm in template.all("AWS::CloudWatch::Alarm") {
        let metrics = metrics(&alarm);
        assert!(!metrics.is_empty(), "{} watches nothing", alarm.id);
        for metric in metrics {
            let namespace = metric["Namespace"].as_str().unwrap();
            let name = metric["MetricName"].as_str().unwrap();
            let dimensions = dimension_names(metric);
            let known = EMITTED.iter().position(|(space, names, with)| {
                *space == namespace
                    && (namespace == "Belfry" || names.contains(&name))
                    && *with == dimensions.as_slice()
            });
            watched.insert(known.unwrap_or_else(|| {
                panic!("{}: {namespace} has no {name} by {dimensions:?}", alarm.id);
            }));
        }
    }
    assert_eq!(watched.len(), EMITTED.len(), "every line of the list is used");
}

/// The counts of a mapping's events are emitted only for a mapping that asks for them.
#[test]
fn the_watched_mapping_counts_its_events() {
    let template = Template::read();
    let mappings: BTreeSet<_> = template
        .all("AWS::CloudWatch::Alarm")
        .iter()
        .flat_map(metrics)
        .filter(|metric| dimension_names(metric) == ["EventSourceMappingUUID"])
        .map(|metric| crate::template::text(&metric["Dimensions"][0]["Value"]))
        .collect();
    assert_eq!(mappings, BTreeSet::from(["FanoutMapping"]));
    let Value::Tagged(counts) = &template.resource("FanoutMapping").properties["MetricsConfig"] else {
        panic!("the mapping counts nothing");
    };
    assert_eq!(counts.value[0], "Watched");
    assert_eq!(counts.value[1]["Metrics"][0], "EventCount");
}
