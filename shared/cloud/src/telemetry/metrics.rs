//! Metrics, in CloudWatch's embedded metric format: one JSON document a line, of which CloudWatch makes metrics as it
//! takes in the log. Sending one costs no call.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
};

use serde_json::{Map, Value, json};

use crate::{Environment, clock};

const NAMESPACE: &str = "Belfry";

/// The one dimension.
const FUNCTION_NAME: &str = "FunctionName";

/// A document holds no more values of one metric.
const MAX_VALUES: usize = 100;

/// What an invocation measured, under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    values: Vec<i64>,
}

impl Metric {
    /// How many. None at all isn't measured: every byte of a document is paid for as log.
    pub fn count(name: &'static str, count: usize) -> Self {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Self { name, unit: "Count", values: Vec::from_iter((count > 0).then_some(count)) }
    }

    /// How long, in milliseconds, each time.
    pub const fn millis(name: &'static str, values: Vec<i64>) -> Self {
        Self { name, unit: "Milliseconds", values }
    }
}

/// Where a function's metrics go.
#[derive(Clone, Default)]
pub struct Metrics(Option<Arc<Sink>>);

struct Sink {
    function: String,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

impl Metrics {
    /// To standard output, in the name of `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets; nowhere without it.
    pub fn from_env<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        let function = environment.text_or("AWS_LAMBDA_FUNCTION_NAME", "");
        if function.is_empty() { Self::default() } else { Self::to(function, print) }
    }

    /// To `write`, a document at a time, in the name of that function.
    pub fn to(function: impl Into<String>, write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Sink { function: function.into(), write: Box::new(write) })))
    }

    /// Sends what the invocation measured: one document, and another for each further hundred values of a metric.
    pub fn send(&self, request_id: &str, metrics: &[Metric]) {
        let Some(sink) = &self.0 else { return };
        for round in 0.. {
            let values = |metric: &Metric| metric.values.chunks(MAX_VALUES).nth(round).map(values);
            let measured: Vec<_> =
                metrics.iter().filter_map(|metric| Some((metric, values(metric)?))).collect();
            if measured.is_empty() {
                return;
            }
            (sink.write)(&document(&sink.function, request_id, measured).to_string());
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Metrics").field(&self.0.as_ref().map(|sink| &sink.function)).finish()
    }
}

fn values(values: &[i64]) -> Value {
    match values {
        [value] => json!(value),
        several => json!(several),
    }
}

fn document(function: &str, request_id: &str, measured: Vec<(&Metric, Value)>) -> Value {
    let names: Vec<_> =
        measured.iter().map(|(metric, _)| json!({ "Name": metric.name, "Unit": metric.unit })).collect();
    let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [[FUNCTION_NAME]], "Metrics": names });
    let head = json!({ "Timestamp": clock::now().as_millis(), "CloudWatchMetrics": [directive] });
    let mut document = Map::from_iter([
        ("_aws".to_owned(), head),
        (FUNCTION_NAME.to_owned(), json!(function)),
        ("requestId".to_owned(), json!(request_id)),
    ]);
    document.extend(measured.into_iter().map(|(metric, value)| (metric.name.to_owned(), value)));
    Value::Object(document)
}

/// In one write, so that no other line comes in between. If standard output is closed, nothing can be reported.
fn print(document: &str) {
    let _ = io::stdout().write_all(format!("{document}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn sent(metrics: &[Metric]) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let to =
            Metrics::to("fanout", move |line| kept.lock().unwrap().push(serde_json::from_str(line).unwrap()));
        to.send("request", metrics);
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn a_document_names_its_metrics_their_units_and_the_function() {
        let mut sent = sent(&[Metric::count("Posts", 3), Metric::millis("Delay", vec![5, 7])]);
        assert_eq!(sent.len(), 1);
        let now = sent[0]["_aws"]["Timestamp"].take().as_i64().unwrap();
        assert!((clock::now().as_millis() - now).abs() < 60_000);
        let expected = json!({
            "_aws": {
                "Timestamp": null,
                "CloudWatchMetrics": [{
                    "Namespace": "Belfry",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [
                        { "Name": "Posts", "Unit": "Count" },
                        { "Name": "Delay", "Unit": "Milliseconds" },
                    ],
                }],
            },
            "FunctionName": "fanout",
            "requestId": "request",
            "Posts": 3,
            "Delay": [5, 7],
        });
        assert_eq!(sent[0], expected);
    }

    #[test]
    fn more_than_a_hundred_values_go_on_in_further_documents_alone() {
        let sent = sent(&[Metric::count("Posts", 201), Metric::millis("Delay", (0..201).collect())]);
        let lengths: Vec<_> = sent.iter().map(|line| line["Delay"].as_array().map_or(1, Vec::len)).collect();
        assert_eq!(lengths, [100, 100, 1]);
        let posts: Vec<_> = sent.iter().filter_map(|line| line.get("Posts")).collect();
        assert_eq!(posts, [201], "counted once");
        for line in &sent[1..] {
            assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().map(Vec::len), Some(1));
        }
    }

    #[test]
    fn what_was_not_measured_is_not_told() {
        let nothing = [Metric::count("Posts", 0), Metric::millis("Delay", Vec::new())];
        assert_eq!(sent(&nothing), Vec::<Value>::new());
    }

    #[test]
    fn without_a_function_s_name_nothing_is_told() {
        let named = Metrics::from_env(&mut Environment::new(|name| {
            (name == "AWS_LAMBDA_FUNCTION_NAME").then(|| "api".to_owned())
        }));
        assert!(named.0.is_some());
        assert!(Metrics::from_env(&mut Environment::new(|_| None)).0.is_none());
    }
}
