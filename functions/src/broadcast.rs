//! The function that works on broadcasts: one message of its queue asks for one of them to be gone on with.
//!
//! An invocation works for a while and then sends the message again, so that a broadcast of any size is done in steps. It may
//! be killed at any point: the message comes again, and what was done is found done (`docs/broadcasts.md`).

mod expand;
mod pace;
mod retry;
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

/// How often in a row a broadcast is put back into the queue without having reached anybody. After that the invocation
/// fails; the queue delivers the message again a limited number of times, and then moves it to the dead letters.
const MAX_FAILED_ATTEMPTS: u16 = 10;

/// The delay grows by the first of these with each failed attempt, up to the second. Without it, a failed message would
/// come back after the queue's visibility timeout of 12 minutes, and a recall would wait for that long.
const DELAY_SECONDS: u16 = 10;
const MAX_DELAY_SECONDS: u16 = 60;

/// The settings of the function.
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
    /// How many recipients one instance notifies per second, at most; at least 10.
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
enum Remaining {
    /// Nothing is to be done, or somebody else does it.
    Nothing,
    /// The shift is over before the work is.
    Work,
}

/// What an invocation did.
#[derive(Default)]
struct Done {
    delivered: usize,
    failed: usize,
    revised: usize,
}

impl Done {
    const fn has_reached_anybody(&self) -> bool {
        self.delivered > 0 || self.revised > 0
    }
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
            let task: Task = serde_json::from_str(message.body.as_deref().unwrap_or_default())?;
            let broadcast = task.broadcast;
            let span = tracing::error_span!("broadcast", %broadcast);
            let mut done = Done::default();
            let left = self.work(broadcast, until, &mut done).instrument(span).await;
            self.metrics.send(
                &event.context.request_id,
                &[
                    Metric::count("NotificationsCreated", done.delivered),
                    Metric::count("RecipientsFailed", done.failed),
                    Metric::count("RecipientsRevised", done.revised),
                ],
            );
            match left {
                Ok(Remaining::Nothing) => {}
                Ok(Remaining::Work) => self.broadcasts.ask(broadcast).await?,
                Err(error) => self.postpone(task, &done, error).await?,
            }
        }
        Ok(())
    }

    /// After an error that passes, puts the message back with a short delay. Any other error is the invocation's.
    async fn postpone(&self, task: Task, done: &Done, error: StoreError) -> Result<(), Error> {
        let failed_attempts = if done.has_reached_anybody() { 1 } else { task.failed_attempts + 1 };
        if !matches!(error, StoreError::Unavailable(_)) || failed_attempts > MAX_FAILED_ATTEMPTS {
            return Err(error.into());
        }
        let delay = (DELAY_SECONDS * failed_attempts).min(MAX_DELAY_SECONDS);
        tracing::warn!(broadcast = %task.broadcast, %error, delay, "failed to continue a broadcast");
        let postponed = self.broadcasts.ask_later(Task { failed_attempts, ..task }, delay).await;
        // If it can't be put back, the queue delivers this message again.
        postponed.map_err(|_| error.into())
    }

    /// Asks for every broadcast that isn't finished to be gone on with. Reads the whole table: for the start of a runner,
    /// whose queue keeps nothing.
    pub async fn resume(&self) -> Result<(), StoreError> {
        for unfinished in self.broadcasts.unfinished().await? {
            self.broadcasts.ask(unfinished).await?;
        }
        Ok(())
    }

    async fn work(
        &self,
        id: NotificationId,
        until: Instant,
        done: &mut Done,
    ) -> Result<Remaining, StoreError> {
        let Some(mut broadcast) = self.broadcasts.get(id).await? else {
            tracing::warn!("skipped broadcast: expired or unknown");
            return Ok(Remaining::Nothing);
        };
        // An edit was cut off before it said so.
        if broadcast.revision > broadcast.progress.revision
            && let Some(progress) = self.broadcasts.want(id, broadcast.revision).await?
        {
            broadcast.progress = progress;
        }
        if let Remaining::Work = self.expand(&mut broadcast, until, done).await? {
            return Ok(Remaining::Work);
        }
        if let Remaining::Work = self.revise(&mut broadcast, until, done).await? {
            return Ok(Remaining::Work);
        }
        self.retry(&mut broadcast, until, done).await
    }
}

/// Whether recipients are still to be found.
const fn is_delivering(broadcast: &Broadcast) -> bool {
    matches!(broadcast.progress.stage, Stage::Delivering)
}
