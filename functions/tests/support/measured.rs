//! The metrics that functions send.

use std::sync::{Arc, Mutex};

use belfry_cloud::telemetry::Metrics;
use serde_json::Value;

/// Keeps the documents instead of printing them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured(Arc<Mutex<Vec<String>>>);

impl Measured {
    /// For the function of that name.
    pub(crate) fn by(&self, function: &str) -> Metrics {
        let kept = Arc::clone(&self.0);
        Metrics::to(function, move |document| kept.lock().unwrap().push(document.to_owned()))
    }

    /// The documents since the last time this was asked, as they are printed.
    pub(crate) fn take_lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The same, understood.
    pub(crate) fn take(&self) -> Vec<Value> {
        self.take_lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
