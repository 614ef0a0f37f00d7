//! The function that works on broadcasts: one message of its queue asks for one of them to be gone on with.
//!
//! An invocation works for a while and then sends the message again, so that a broadcast of any size is done in steps. It may
//! be killed at any point: the message comes again, and what was done is found done (`docs/broadcasts.md`).

mod expand;
mod pace;
mod revise;

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use belfry_cloud::{
    Aws, Broadcast, Broadcasts, ConfigError, Directory, Environment, Inbox, Queue, StoreError,
    broadcasts::{Stage, Task},
    telemetry::{Metric, Metrics},
};
use belfry_domain::{NotificationId, Retention};
use lambda_runtime::{Error, LambdaEvent};
use tokio::time::Instant;
use tracing::Instrument;

use pace::Pace;

/// The shift of an invocation: far below the function's timeout, so that none is cut off.
const SHIFT: Duration = Duration::from_secs(30);

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of users and broadcasts.
    pub directory_table: String,
    /// The queue that it is fed by.
    pub queue: String,
    /// How long notifications are kept.
    pub retention: Retention,
    /// How many recipients are told a second, at most, by one instance; at least 10.
    pub recipients_per_second: u32,
    /// How long an invocation works before it hands on.
    pub shift: Duration,
    /// Where the function's metrics go.
    pub metrics: Metrics,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            inbox_table: environment.text("INBOX_TABLE"),
            directory_table: environment.text("DIRECTORY_TABLE"),
            queue: environment.text("BROADCAST_QUEUE_URL"),
            retention: environment.retention(),
            recipients_per_second: environment.parse_or("BROADCAST_RATE", 500),
            shift: SHIFT,
            metrics: Metrics::from_env(&mut environment),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct Worker {
    inbox: Inbox,
    directory: Directory,
    broadcasts: Broadcasts,
    pace: Pace,
    shift: Duration,
    metrics: Metrics,
}

/// How an invocation leaves a broadcast.
enum Left {
    /// Nothing is to be done, or somebody else does it.
    Finished,
    /// The shift is over before the work is.
    Unfinished,
}

/// What an invocation did.
#[derive(Default)]
struct Done {
    told: usize,
    failed: usize,
    revised: usize,
}

impl Worker {
    /// Works on these tables.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        let directory = Directory::new(aws, settings.directory_table);
        Self {
            inbox: Inbox::new(aws, settings.inbox_table, settings.retention),
            broadcasts: Broadcasts::new(
                directory.clone(),
                settings.retention,
                Queue::new(aws, settings.queue),
            ),
            directory,
            pace: Pace::new(settings.recipients_per_second),
            shift: settings.shift,
            metrics: settings.metrics,
        }
    }

    /// Goes on with each broadcast that a message names. On an error the message comes again.
    pub async fn handle(&self, event: LambdaEvent<SqsEvent>) -> Result<(), Error> {
        let until = Instant::now() + self.shift;
        for message in &event.payload.records {
            let Task { broadcast } = serde_json::from_str(message.body.as_deref().unwrap_or_default())?;
            let span = tracing::error_span!("broadcast", %broadcast);
            let mut done = Done::default();
            let left = self.work(broadcast, until, &mut done).instrument(span).await;
            self.metrics.send(
                &event.context.request_id,
                &[
                    Metric::count("NotificationsCreated", done.told),
                    Metric::count("RecipientsFailed", done.failed),
                    Metric::count("RecipientsRevised", done.revised),
                ],
            );
            if let Left::Unfinished = left? {
                self.broadcasts.ask(broadcast).await?;
            }
        }
        Ok(())
    }

    /// Asks for every broadcast that isn't finished to be gone on with. Reads the whole table: for the start of a runner,
    /// whose queue keeps nothing.
    pub async fn resume(&self) -> Result<(), StoreError> {
        for unfinished in self.broadcasts.unfinished().await? {
            self.broadcasts.ask(unfinished).await?;
        }
        Ok(())
    }

    async fn work(&self, id: NotificationId, until: Instant, done: &mut Done) -> Result<Left, StoreError> {
        let Some(mut broadcast) = self.broadcasts.get(id).await? else {
            tracing::warn!("a broadcast that is past its time, or was never written down");
            return Ok(Left::Finished);
        };
        // An edit was cut off before it said so.
        if broadcast.revision > broadcast.progress.revision
            && let Some(progress) = self.broadcasts.want(id, broadcast.revision).await?
        {
            broadcast.progress = progress;
        }
        if let Left::Unfinished = self.expand(&mut broadcast, until, done).await? {
            return Ok(Left::Unfinished);
        }
        self.revise(&mut broadcast, until, done).await
    }
}

/// Whether recipients are still to be found.
const fn is_telling(broadcast: &Broadcast) -> bool {
    matches!(broadcast.progress.stage, Stage::Telling)
}
