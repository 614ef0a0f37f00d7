//! Alarms that say what to do, and the dashboard.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{Template, named, text, texts};

/// What the functions count by themselves, by the name that `template.yaml` has for each.
const COUNTED: [(&str, &[&str]); 5] = [
    ("ApiFunction", &["AlertsFolded", "EventsTaken", "NotificationsCreated"]),
    ("BroadcastFunction", &["NotificationsCreated", "RecipientsFailed", "RecipientsRevised"]),
    (
        "FanoutFunction",
        &[
            "EndToEndDelay",
            "FramesFailed",
            "FramesGone",
            "FramesPosted",
            "FramesThrottled",
            "RecordsFannedOut",
            "StreamAge",
        ],
    ),
    ("SignalsFunction", &["AlertsFolded", "EventsRefused", "EventsTaken", "NotificationsCreated"]),
    ("WsDefaultFunction", &["Resumed", "ResumedNotRecovered"]),
];

fn counted() -> BTreeSet<String> {
    COUNTED
        .iter()
        .flat_map(|(function, names)| names.iter().map(move |name| format!("{name} {function}")))
        .collect()
}

/// The body, with the widgets that only one origin has, and a number for whatever is not known before it is deployed.
fn dashboard(template: &Template) -> Value {
    let body = &template.resource("Dashboard").properties["DashboardBody"];
    let serde_yaml_ng::Value::Tagged(body) = body else { panic!("{body:?}") };
    let mut filled = body.value[0].as_str().unwrap().to_owned();
    for name in ["EdgeAlarm", "EdgeWidget"] {
        let serde_yaml_ng::Value::Tagged(choice) = &body.value[1][name] else { panic!("{name} is no !If") };
        filled = filled.replace(&format!("${{{name}}}"), text(&choice.value[1]));
    }
    let body = filled;
    serde_json::from_str(&body.replace("${AccountConcurrency}", "0")).unwrap()
}

/// All metrics of the dashboard: name, dimension and so on, as they are written.
fn metrics(dashboard: &Value) -> Vec<Vec<&str>> {
    let widgets = dashboard["widgets"].as_array().unwrap().iter();
    let metrics = widgets.filter_map(|widget| widget["properties"]["metrics"].as_array()).flatten();
    metrics.map(|metric| metric.as_array().unwrap().iter().filter_map(Value::as_str).collect()).collect()
}

#[test]
fn every_alarm_names_what_to_do() {
    let template = Template::read();
    for alarm in template.all("AWS::CloudWatch::Alarm") {
        let name = alarm.text("AlarmName").strip_prefix("${AWS::StackName}-").unwrap();
        let description = alarm.text("AlarmDescription");
        assert!(description.ends_with(&format!(". Runbook: docs/operate.md#{name}")), "{description}");
        assert_eq!(alarm.text("TreatMissingData"), "notBreaching", "{name}");
        for told in ["AlarmActions", "OKActions"] {
            assert_eq!(texts(&alarm.properties[told]), ["AlarmTopic"], "{name}");
        }
    }
}

#[test]
fn every_alarm_has_its_runbook_and_every_runbook_its_alarm() {
    let guide = include_str!("../../../docs/operate.md");
    let (_, alarms) = guide.split_once("\n## Alarms\n").unwrap();
    let (alarms, _) = alarms.split_once("\n## ").unwrap();
    let headings: BTreeSet<_> = alarms.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let template = Template::read();
    let names = template.all("AWS::CloudWatch::Alarm");
    let names = names.iter().map(|alarm| alarm.text("AlarmName").strip_prefix("${AWS::StackName}-").unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), headings);
}

#[test]
fn an_alarm_takes_no_more_metrics_than_cloudwatch_does() {
    for alarm in Template::read().all("AWS::CloudWatch::Alarm") {
        let metrics = alarm.properties["Metrics"].as_sequence();
        assert!(metrics.is_none_or(|metrics| metrics.len() <= 10), "{}", alarm.id);
    }
}

#[test]
fn the_dashboard_shows_every_alarm_first() {
    let template = Template::read();
    let dashboard = dashboard(&template);
    let shown = dashboard["widgets"][0]["properties"]["alarms"].as_array().unwrap();
    let shown: BTreeSet<_> = shown.iter().map(|arn| named(arn.as_str().unwrap())[0]).collect();
    let all = template.all("AWS::CloudWatch::Alarm").into_iter().map(|alarm| alarm.id);
    assert_eq!(shown, all.collect());
}

#[test]
fn the_dashboard_shows_all_that_the_functions_count() {
    let template = Template::read();
    let dashboard = dashboard(&template);
    let shown = metrics(&dashboard).into_iter().filter(|metric| metric[0] == "Belfry").map(|metric| {
        assert_eq!(metric[2], "FunctionName");
        format!("{} {}", metric[1], named(metric[3])[0])
    });
    assert_eq!(shown.collect::<BTreeSet<_>>(), counted());
}

#[test]
fn alarms_watch_only_what_the_functions_count() {
    let counted = counted();
    let template = Template::read();
    let mut watched = 0;
    for alarm in template.all("AWS::CloudWatch::Alarm") {
        let own = Some(alarm.properties).filter(|own| own.get("MetricName").is_some());
        let others = alarm.properties["Metrics"].as_sequence().into_iter().flatten();
        let metrics = others.filter_map(|metric| metric.get("MetricStat")).map(|stat| &stat["Metric"]);
        for metric in metrics.chain(own).filter(|metric| metric["Namespace"] == "Belfry") {
            let function = text(&metric["Dimensions"][0]["Value"]);
            let metric = format!("{} {function}", text(&metric["MetricName"]));
            assert!(counted.contains(&metric), "{}: {metric}", alarm.id);
            watched += 1;
        }
    }
    assert!(watched > 0);
}

/// The metrics that an alarm watches, as `NAME DIMENSION`, where the dimension is the first one's value.
fn watched(template: &Template, alarm: &str) -> BTreeSet<String> {
    let metrics = template.resource(alarm).properties["Metrics"].as_sequence().unwrap();
    let stats = metrics.iter().filter_map(|metric| metric.get("MetricStat")).map(|stat| &stat["Metric"]);
    stats.map(|metric| format!("{} {}", metric["MetricName"].as_str().unwrap(), dimensions(metric))).collect()
}

/// The values of a metric's dimensions, with a slash between them.
fn dimensions(metric: &serde_yaml_ng::Value) -> String {
    let dimensions = metric["Dimensions"].as_sequence().unwrap().iter();
    dimensions.map(|dimension| text(&dimension["Value"])).collect::<Vec<_>>().join("/")
}

#[test]
fn throttles_of_every_function_are_watched() {
    let template = Template::read();
    let all = template.functions().into_iter().map(|function| format!("Throttles {}", function.id));
    assert_eq!(watched(&template, "FunctionsThrottledAlarm"), all.collect());
}

#[test]
fn throttles_of_every_table_and_global_index_are_watched() {
    let template = Template::read();
    let mut all = BTreeSet::new();
    for table in template.all("AWS::DynamoDB::Table") {
        let indexes = table.properties["GlobalSecondaryIndexes"].as_sequence().into_iter().flatten();
        let indexes = indexes.map(|index| format!("{}/{}", table.id, index["IndexName"].as_str().unwrap()));
        for place in indexes.chain([table.id.to_owned()]) {
            all.extend(["Read", "Write"].map(|access| format!("{access}ThrottleEvents {place}")));
        }
    }
    assert_eq!(watched(&template, "TablesThrottledAlarm"), all);
}

/// A quiet installation sends a few notifications an hour, so one of them must be enough for the alarm. It looks at half an
/// hour.
#[test]
fn a_silent_fanout_rings_after_one_notification() {
    let template = Template::read();
    let creators = COUNTED.iter().filter(|(_, names)| names.contains(&"NotificationsCreated"));
    let mut all: BTreeSet<_> =
        creators.map(|(function, _)| format!("NotificationsCreated {function}")).collect();
    all.insert("RecordsFannedOut FanoutFunction".to_owned());
    assert_eq!(watched(&template, "FanoutSilentAlarm"), all);
    let alarm = template.resource("FanoutSilentAlarm").properties;
    let expressions = alarm["Metrics"].as_sequence().unwrap().iter();
    let expressions: Vec<_> = expressions.filter_map(|metric| metric["Expression"].as_str()).collect();
    assert!(expressions[0].starts_with("IF(before >= 1 AND "), "{expressions:?}");
    assert_eq!(alarm["DatapointsToAlarm"], 1, "a second notification need not come");
    let periods = alarm["Metrics"].as_sequence().unwrap().iter();
    for period in periods.filter_map(|metric| metric["MetricStat"]["Period"].as_u64()) {
        assert_eq!(period * alarm["EvaluationPeriods"].as_u64().unwrap(), 1_800);
    }
}
