//! The stream of the table `inbox` → frames on every socket of the user.

mod batch;
mod deliver;
mod delivery_counts;

use std::time::Duration;

use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use belfry_cloud::{
    Aws, ConfigError, Connections, Environment, Inbox, ManagementApi, clock,
    telemetry::{Metric, Metrics, Tracer, UserHash},
};
use belfry_domain::Retention;
use futures::{StreamExt, stream};
use lambda_runtime::{Error, LambdaEvent};
use tokio::{sync::Semaphore, time::Instant};
use tracing::Instrument;

use batch::{Batch, UserChanges};
use delivery_counts::DeliveryCounts;

/// How many users are served at the same time.
const CONCURRENT_USERS: usize = 16;

/// How many frames are posted at the same time. At some 10 ms each that is below the 10,000 requests a second that the
/// region gives the whole account.
const CONCURRENT_POSTS: usize = 64;

/// A batch delays what was written after it. A connection that can't be reached within this time gets the changes by a resume.
const PATIENCE: Duration = Duration::from_secs(20);

/// The settings of the function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of open sockets.
    pub connections_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
    /// Where the function's metrics go.
    pub metrics: Metrics,
    /// Where its part of other requests' traces goes.
    pub tracer: Tracer,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            inbox_table: environment.text("INBOX_TABLE"),
            connections_table: environment.text("CONNECTIONS_TABLE"),
            websocket_endpoint: environment.text("WEBSOCKET_ENDPOINT"),
            metrics: Metrics::from_env(&mut environment),
            tracer: Tracer::from_env(&mut environment),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct Fanout {
    inbox: Inbox,
    connections: Connections,
    push: ManagementApi,
    metrics: Metrics,
    tracer: Tracer,
    /// One for each post under way.
    turns: Semaphore,
}

impl Fanout {
    /// A fan-out from these tables to that endpoint. It writes no notification, so no retention is needed.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        Self {
            inbox: Inbox::new(aws, settings.inbox_table, Retention::days(0, 0)),
            connections: Connections::new(aws, settings.connections_table),
            push: ManagementApi::new(aws, settings.websocket_endpoint),
            metrics: settings.metrics,
            tracer: settings.tracer,
            turns: Semaphore::new(CONCURRENT_POSTS),
        }
    }

    /// Pushes to every user of the batch what changed. The response reports the lowest failed record: one that this
    /// version can't read, or one of a user whose connections could not be read. A connection that fails is no reason
    /// to repeat a record, since the inbox keeps what the connection missed.
    pub async fn handle(&self, event: LambdaEvent<Event>) -> Result<DynamoDbEventResponse, Error> {
        let until = Instant::now() + PATIENCE;
        let records = &event.payload.records;
        let Batch { users, unreadable } = Batch::of(records);
        let pushed: Vec<_> = stream::iter(users)
            .map(|user| async move { self.push_to_user(&user, until).await })
            .buffer_unordered(CONCURRENT_USERS)
            .collect()
            .await;
        let (mut counts, mut failed) = (DeliveryCounts::default(), unreadable);
        for pushed in pushed {
            match pushed {
                Ok(user) => counts.add(user),
                Err(record) => failed = Some(failed.map_or(record, |lowest| lowest.min(record))),
            }
        }
        let mut metrics = counts.into_metrics();
        metrics.push(Metric::count("RecordsFannedOut", failed.unwrap_or(records.len())));
        metrics.push(Metric::millis("StreamAge", age(records).into_iter().collect()));
        self.metrics.send(&event.context.request_id, &metrics);
        Ok(response(failed.map(|lowest| &records[lowest])))
    }

    /// What became of the user's frames, or the user's first record.
    async fn push_to_user(&self, user: &UserChanges, until: Instant) -> Result<DeliveryCounts, usize> {
        let span = tracing::error_span!("user", user = %UserHash(&user.user));
        let pushed = async {
            self.push_changes(user, until).await.map_err(|error| {
                tracing::error!(%error, "failed to push a user's changes");
                user.first_record
            })
        };
        pushed.instrument(span).await
    }
}

/// How long ago the oldest of them was written, in milliseconds.
fn age(records: &[EventRecord]) -> Option<i64> {
    let written =
        records.iter().map(|record| record.change.approximate_creation_date_time.timestamp_millis());
    // An event without that time reads as 1970.
    let oldest = written.filter(|written| *written > 0).min()?;
    Some((clock::now().as_millis() - oldest).max(0))
}

fn response(failed: Option<&EventRecord>) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures.extend(failed.map(|record| {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier.clone_from(&record.change.sequence_number);
        failure
    }));
    response
}
