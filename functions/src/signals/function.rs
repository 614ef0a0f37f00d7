//! The function on the event bus. What can't be understood goes to the dead-letter queue with the reason, and holds nothing
//! up; what can't be carried out now is an error, after which Lambda tries again.

use std::time::Duration;

use belfry_cloud::{
    Accounts, Aws, Broadcasts, ConfigError, ConnectionCloser, Connections, Deduplicator, Directory,
    Environment, Inbox, ManagementApi, Queue, StoreError, clock,
    directory::BurstSettings,
    telemetry::{Metric, Metrics},
};
use belfry_domain::{Event, EventSender, Retention, UserId, body::InvalidBody};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

use tokio::time::{Instant, sleep};

use super::{Signals, TakeError, Taken, UnderstoodEvent};

/// How long an event that changes accounts is tried in one invocation, and the pause after the first attempt, which
/// doubles. An attempt takes up to 15 seconds if nothing answers, and the function has 60.
const PATIENCE: Duration = Duration::from_secs(25);
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The settings of the function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of users.
    pub directory_table: String,
    /// The table of open sockets.
    pub connections_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
    /// The queue of those who work on broadcasts.
    pub broadcast_queue: String,
    /// The queue of what could not be understood.
    pub dead_letter_queue: String,
    /// How long notifications are kept.
    pub retention: Retention,
    /// When alerts fold.
    pub storm: BurstSettings,
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
            connections_table: environment.text("CONNECTIONS_TABLE"),
            websocket_endpoint: environment.text("WEBSOCKET_ENDPOINT"),
            broadcast_queue: environment.text("BROADCAST_QUEUE_URL"),
            dead_letter_queue: environment.text("DEAD_LETTER_QUEUE_URL"),
            retention: environment.retention(),
            storm: BurstSettings::read(&mut environment),
            metrics: Metrics::from_env(&mut environment),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct SignalsFunction {
    signals: Signals,
    dead_letters: Queue,
    metrics: Metrics,
}

impl SignalsFunction {
    /// Over these tables and queues.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        let inbox = Inbox::new(aws, settings.inbox_table, settings.retention);
        let directory = Directory::new(aws, settings.directory_table);
        let connections = Connections::new(aws, settings.connections_table);
        let sockets =
            ConnectionCloser::new(connections, ManagementApi::new(aws, settings.websocket_endpoint));
        let queue = Queue::new(aws, settings.broadcast_queue);
        Self {
            signals: Signals::new(
                inbox.clone(),
                directory.clone(),
                Accounts::new(directory.clone(), sockets),
                Deduplicator::new(inbox, directory.clone(), settings.storm),
                Broadcasts::new(directory, settings.retention, queue),
            ),
            dead_letters: Queue::new(aws, settings.dead_letter_queue),
            metrics: settings.metrics,
        }
    }

    /// Takes one event of the bus.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<(), Error> {
        let LambdaEvent { payload, context } = event;
        let metrics = match self.take(&payload).await {
            Ok(taken) => measured(&taken),
            Err(TakeError::Invalid(invalid)) => {
                self.bury(&payload, &invalid).await?;
                vec![Metric::count("EventsRefused", 1)]
            }
            Err(TakeError::Store(error)) => return Err(error.into()),
        };
        self.metrics.send(&context.request_id, &metrics);
        Ok(())
    }

    async fn take(&self, payload: &Value) -> Result<Taken, TakeError> {
        let event = Event::parse(payload.to_string().as_bytes(), clock::now())?;
        let sender = UserId::try_from(event.source.to_string())
            .map_err(|_| Event::refuse("source", "must not hold control characters"))?;
        let event = UnderstoodEvent::of(&event, &EventSender::Trusted)?;
        if event.changes_accounts() {
            self.take_patiently(&sender, event).await
        } else {
            Box::pin(self.signals.take(&sender, event)).await
        }
    }

    /// Tries an event that changes who may do what for longer than others. The directory's index throttles while many users
    /// are new at once; a deactivation must not be given up because of their profiles.
    async fn take_patiently(&self, sender: &UserId, event: UnderstoodEvent) -> Result<Taken, TakeError> {
        let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            match Box::pin(self.signals.take(sender, event.clone())).await {
                Err(TakeError::Store(StoreError::Unavailable(reason))) if began.elapsed() < PATIENCE => {
                    tracing::warn!(reason, "failed to apply a user event");
                    sleep(pause).await;
                    pause *= 2;
                }
                taken => return taken,
            }
        }
    }

    /// In the shape in which Lambda itself writes what it gives up (Lambda's asynchronous invocation record).
    async fn bury(&self, payload: &Value, invalid: &InvalidBody) -> Result<(), Error> {
        let reason = reason(invalid);
        tracing::error!("rejected event: sent to the dead-letter queue");
        let letter = json!({
            "version": "1.0",
            "timestamp": clock::now(),
            "requestPayload": payload,
            "responsePayload": { "errorType": "InvalidEvent", "errorMessage": reason },
        });
        Ok(self.dead_letters.send(&letter.to_string()).await?)
    }
}

pub(crate) fn measured(taken: &Taken) -> Vec<Metric> {
    vec![
        Metric::count("EventsTaken", 1),
        Metric::count("NotificationsCreated", taken.created),
        Metric::count("AlertsFolded", taken.folded),
    ]
}

/// Every broken rule, for whoever opens the letter.
fn reason(invalid: &InvalidBody) -> String {
    match invalid {
        InvalidBody::Fields(errors) => {
            let errors: Vec<_> =
                errors.iter().map(|error| format!("{} {}", error.pointer, error.detail)).collect();
            errors.join("; ")
        }
        other => other.to_string(),
    }
}
