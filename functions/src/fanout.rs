//! The stream of the table `inbox` → frames on every socket of the user.

mod batch;
mod deliver;

use std::time::Duration;

use aws_lambda_events::{
    dynamodb::Event,
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use belfry_cloud::{Aws, ConfigError, Connections, Environment, Inbox, Push};
use belfry_domain::Retention;
use futures::{StreamExt, stream};
use lambda_runtime::{Error, LambdaEvent};
use tokio::{sync::Semaphore, time::Instant};

use batch::Batch;

/// How many users are told at the same time.
const CONCURRENT_USERS: usize = 16;

/// How many frames are posted at the same time. At some 10 ms each that is below the 10,000 requests a second that the
/// region gives the whole account.
const CONCURRENT_POSTS: usize = 64;

/// A batch holds up what was written after it. Sockets that can't be reached within this time learn of it from their inbox.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of open sockets.
    pub connections_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
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
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct Fanout {
    inbox: Inbox,
    connections: Connections,
    push: Push,
    /// One for each post under way.
    turns: Semaphore,
}

impl Fanout {
    /// A fan-out from these tables to that endpoint. It writes no notification, so no retention is needed.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        Self {
            inbox: Inbox::new(aws, settings.inbox_table, Retention::days(0, 0)),
            connections: Connections::new(aws, settings.connections_table),
            push: Push::new(aws, settings.websocket_endpoint),
            turns: Semaphore::new(CONCURRENT_POSTS),
        }
    }

    /// Tells every user of the batch what changed. Reported as failed, from the lowest on, are records that this
    /// version can't read and those of users whose sockets could not be read; a socket that fails is no reason, since
    /// the inbox keeps what it missed.
    pub async fn handle(&self, event: LambdaEvent<Event>) -> Result<DynamoDbEventResponse, Error> {
        let until = Instant::now() + PATIENCE;
        let Batch { users, unreadable } = Batch::of(&event.payload.records);
        let failed: Vec<usize> = stream::iter(users)
            .map(|user| async move {
                let told = self.tell(&user, until).await;
                told.err().map(|error| {
                    tracing::error!(%error, "a user's sockets could not be told");
                    user.first_record
                })
            })
            .buffer_unordered(CONCURRENT_USERS)
            .filter_map(|failed| async move { failed })
            .collect()
            .await;
        let mut response = DynamoDbEventResponse::default();
        if let Some(lowest) = failed.into_iter().chain(unreadable).min() {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier.clone_from(&event.payload.records[lowest].change.sequence_number);
            response.batch_item_failures.push(failure);
        }
        Ok(response)
    }
}
