//! The poller that Lambda puts between the stream and the fan-out: it delivers at least once, goes on at the record that was
//! reported, and gives a record up that fails again and again. Here the function is also killed halfway, batches come
//! again, in another order, and with records that nobody can read.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::support::{stream::Stream, world::World};

/// How often a record may fail before it is given up.
const TRIES: usize = 3;

pub(crate) struct Poller {
    stream: Stream,
    waiting: Vec<Value>,
    delivered: Vec<Value>,
}

impl Poller {
    pub(crate) async fn of(world: &World) -> Self {
        Self { stream: Stream::of(world).await, waiting: Vec::new(), delivered: Vec::new() }
    }

    /// Delivers everything that waits, in calm weather.
    pub(crate) async fn drain(&mut self, world: &World) {
        self.waiting.extend(self.stream.records().await);
        let records = std::mem::take(&mut self.waiting);
        assert_eq!(deliver(world, records.clone()).await, 0);
        self.delivered.extend(records);
    }

    /// Delivers a batch, in whatever weather comes.
    pub(crate) async fn batch(&mut self, world: &World, rng: &mut Rng) {
        self.waiting.extend(self.stream.records().await);
        let size = self.waiting.len().min(1 + rng.usize(..12));
        let mut records: Vec<Value> = self.waiting.drain(..size).collect();
        if records.is_empty() {
            return;
        }
        self.delivered.extend(records.iter().cloned());
        match rng.u8(..10) {
            0..3 => {}
            3 => {
                for _ in 0..3 {
                    deliver(world, records.clone()).await;
                }
            }
            4 => {
                let mut again = self.delivered.clone();
                rng.shuffle(&mut again);
                again.truncate(20);
                deliver(world, again).await;
            }
            5 => {
                let at = rng.usize(..=records.len());
                records.insert(at, poison(&records[0]));
            }
            6 => {
                // Throttled beyond what the SDK's own repetitions outlast.
                (0..3).for_each(|_| world.wire.order("Query", belfry_dynamo::Fault::Throttle));
            }
            _ => {
                let polls = rng.usize(1..60);
                killed_after(polls, world.fanout(json!({ "Records": records }))).await;
            }
        }
        deliver(world, records).await;
    }

    /// Loses everything that waits: a stream that was down for a day has no more of it.
    pub(crate) async fn lose(&mut self) {
        self.stream.records().await;
        self.waiting.clear();
    }
}

/// Delivers records until none is left; returns how many were given up.
pub(crate) async fn deliver(world: &World, mut records: Vec<Value>) -> usize {
    let (mut given_up, mut tries) = (0, 0);
    while !records.is_empty() {
        let failed = world.fanout(json!({ "Records": records })).await;
        let Some(failed) = failed.first() else { return given_up };
        let named = |record: &Value| record["dynamodb"]["SequenceNumber"] == failed.as_str();
        let at = records.iter().position(named).unwrap();
        tries = if at == 0 { tries + 1 } else { 1 };
        records.drain(..at);
        if tries == TRIES {
            records.remove(0);
            (given_up, tries) = (given_up + 1, 0);
        }
    }
    given_up
}

/// A record of a later version, which this one can't read.
pub(crate) fn poison(like: &Value) -> Value {
    let mut record = like.clone();
    record["dynamodb"]["NewImage"]["state"] = json!({ "S": "z#unknown" });
    record["dynamodb"]["NewImage"]["item"] = json!({ "S": "n#unreadable" });
    record["dynamodb"]["SequenceNumber"] = json!(format!("{}0", fastrand::u64(1 << 60..)));
    record
}

/// Polls a future so often, and drops it wherever it then stands; its result, if it came to one.
pub(crate) async fn killed_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
