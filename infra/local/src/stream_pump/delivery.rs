//! Hands a batch to the fan-out until each of its records is delivered or given up.
//!
//! A record that the fan-out reports is tried again with those after it. A failure that names no record halves the
//! batch, which doesn't count as a try, until the failing record is alone.

use std::{sync::Arc, time::Duration};

use belfry_cloud::clock;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::destination::{Condition, Destination, GivenUp};
use crate::handlers::{Handlers, invoke};

/// How often a record may fail, with a pause in between. Fewer than in `template.yaml`: the store is in this process, and
/// what doesn't heal in a second is poison; meanwhile everything behind it waits.
const MAX_TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// A record that fails at this age isn't tried again, however slow its tries were. Less than in `template.yaml`: the idle
/// ping is a hello, so after ten minutes every socket has asked for what it missed.
const MAX_AGE_SECONDS: i64 = 10 * 60;

/// The function's own timeout.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The way of a batch into the fan-out.
pub(super) struct Delivery {
    handlers: Arc<Handlers>,
    given_up: Destination,
}

/// Records that wait for their turn together, and how often the first of them has failed.
struct Run<'a> {
    records: &'a [Value],
    tries: u32,
}

/// What came of a try.
enum Outcome {
    Told,
    /// The fan-out named this record; those before it are delivered.
    FailedAt(usize),
    /// Nobody knows which record it was.
    Failed,
}

impl Delivery {
    pub(super) fn new(handlers: Arc<Handlers>, given_up: Destination) -> Self {
        Self { handlers, given_up }
    }

    /// Returns when each record is delivered or given up, in their order.
    pub(super) async fn deliver(&self, shard: &str, records: &[Value]) {
        let mut waiting = vec![Run { records, tries: 0 }];
        while let Some(run) = waiting.pop() {
            if run.records.is_empty() {
                continue;
            }
            match self.attempt(run.records).await {
                Outcome::Told => {}
                Outcome::FailedAt(index) => waiting.push(self.rest(run, index, shard, true).await),
                Outcome::Failed if run.records.len() == 1 => {
                    waiting.push(self.rest(run, 0, shard, false).await);
                }
                Outcome::Failed => {
                    let (first, second) = run.records.split_at(run.records.len() / 2);
                    waiting.extend([second, first].map(|records| Run { records, tries: 0 }));
                }
            }
        }
    }

    /// What is to be tried next when the record at this place has failed: from it on, or, if it is given up, behind it.
    async fn rest<'a>(&self, run: Run<'a>, failed: usize, shard: &str, reported: bool) -> Run<'a> {
        let records = &run.records[failed..];
        let tries = if failed == 0 { run.tries + 1 } else { 1 };
        let Some(condition) = bound(&records[0], tries) else {
            sleep(PAUSE).await;
            return Run { records, tries };
        };
        self.given_up.keep(&GivenUp { record: &records[0], shard, tries, condition, reported });
        Run { records: &records[1..], tries: 0 }
    }

    /// In a task of its own, as a function is a process of its own: one that panics or hangs fails, and the pump goes on.
    async fn attempt(&self, records: &[Value]) -> Outcome {
        let (handlers, event) = (Arc::clone(&self.handlers), json!({ "Records": records }));
        let mut invocation =
            tokio::spawn(async move { invoke(|event| handlers.fanout.handle(event), event).await });
        // What an error says may quote a record, so it isn't logged.
        let reason = match timeout(TIMEOUT, &mut invocation).await {
            Ok(Ok(Ok(answer))) => return outcome(records, &answer),
            Ok(Ok(Err(_))) => "it returned an error",
            Ok(Err(_)) => "it panicked",
            Err(_) => "it took too long",
        };
        invocation.abort();
        tracing::error!(reason, records = records.len(), "failed to fan out a batch");
        Outcome::Failed
    }
}

/// The bound that a record has reached, if any.
fn bound(record: &Value, tries: u32) -> Option<Condition> {
    let created = record["dynamodb"]["ApproximateCreationDateTime"].as_i64();
    if created.is_some_and(|created| clock::now().as_seconds() - created > MAX_AGE_SECONDS) {
        return Some(Condition::RecordAgeExceeded);
    }
    (tries >= MAX_TRIES).then_some(Condition::RetryAttemptsExhausted)
}

/// The lowest record that the answer names. A name that no record has is the failure of all, as Lambda takes it.
fn outcome(records: &[Value], answer: &Value) -> Outcome {
    let failures = answer["batchItemFailures"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = |failure: &Value| {
        let name = failure["itemIdentifier"].as_str()?;
        records.iter().position(|record| record["dynamodb"]["SequenceNumber"] == name)
    };
    match failures.iter().map(place).collect::<Option<Vec<_>>>() {
        None => Outcome::Failed,
        Some(places) => places.into_iter().min().map_or(Outcome::Told, Outcome::FailedAt),
    }
}
