//! All functions around a fresh embedded DynamoDB, an issuer and a recording `@connections`. What they return is boxed: the
//! futures of the SDK are so large that a few of them in one would be a test's whole stack.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_cloud::{
    Aws, Broadcasts, Connections, Directory, Inbox, Origins, Queue, clock, directory::BurstSettings,
};
use belfry_domain::Retention;
use belfry_dynamo::{Embedded, Wire, names};
use belfry_functions::{
    api,
    broadcast::{self, Worker},
    fanout::{self, Fanout},
    signals::function::{self as signals, SignalsFunction},
    socket::{
        authorizer::{self, Authorizer},
        connect::{self, Connect},
        disconnect::Disconnect,
        frame::{self, FrameHandler},
    },
};
use jsonwebtoken::Algorithm;

use super::{
    daemon::Daemon,
    gate::{self, Gate},
    issuer::{Issuer, Key},
    limits::{Limits, UNLIMITED},
    measured::Measured,
    queue::Queues,
    recorder::Recorder,
    sample::ORIGIN,
};

/// What a page that polls is told.
pub(crate) const POLL_INTERVAL_SECONDS: u32 = 30;

fn retention() -> Retention {
    Retention::days(90, 30)
}

/// The queues' names.
pub(crate) const BROADCASTS: &str = "broadcasts";
pub(crate) const DEAD_LETTERS: &str = "dead-letters";

/// When alerts fold.
const STORM: BurstSettings = BurstSettings { window_millis: 300_000, threshold: 1 };

/// How many sockets a user has at most.
pub(crate) const MAX_CONNECTIONS: usize = 3;

pub(crate) struct World {
    pub(crate) recorder: Recorder,
    pub(crate) queues: Queues,
    pub(crate) issuer: Issuer,
    /// What the functions measured.
    pub(crate) measured: Measured,
    /// Where their segments go.
    pub(crate) daemon: Daemon,
    pub(crate) key: Key,
    /// What the functions speak to their tables over.
    pub(crate) wire: Wire,
    pub(crate) aws: Aws,
    /// Past the wire, as are the inbox, the connections and the directory.
    pub(crate) direct: Aws,
    pub(crate) raw: Client,
    pub(crate) inbox: Inbox,
    pub(crate) directory: Directory,
    pub(crate) connections: Connections,
    pub(crate) broadcasts: Broadcasts,
    pub(super) api: api::Service,
    pub(super) authorizer: Authorizer,
    pub(super) connect: Connect,
    pub(super) disconnect: Disconnect,
    pub(super) frame: Box<FrameHandler>,
    pub(super) fanout: Fanout,
    pub(super) signals: Box<SignalsFunction>,
    pub(super) broadcast: Box<Worker>,
    /// One whose time is up at once.
    pub(super) hurried: Box<Worker>,
    pub(super) worker: broadcast::Settings,
    gate: Option<Gate>,
    _database: Embedded,
}

impl World {
    pub(crate) async fn new() -> Self {
        let database = Embedded::memory().await.unwrap();
        let endpoint = database.endpoint();
        Box::pin(Self::over(database, endpoint, UNLIMITED)).await
    }

    /// One whose functions speak to their tables past the wire, which takes its time with megabytes.
    pub(crate) async fn unheard() -> Self {
        let database = Embedded::memory().await.unwrap();
        let wire = Wire::to(database.endpoint()).await.unwrap();
        let aws = Aws::new(database.sdk_config().await);
        Box::pin(Self::with(database, wire, aws, UNLIMITED)).await
    }

    /// One whose functions let a caller ask for so much.
    pub(crate) async fn limited(limits: Limits) -> Self {
        let database = Embedded::memory().await.unwrap();
        let endpoint = database.endpoint();
        Box::pin(Self::over(database, endpoint, limits)).await
    }

    /// One whose functions speak to their tables through what stands before them.
    pub(crate) async fn behind(before: impl AsyncFnOnce(String) -> String) -> Self {
        let database = Embedded::memory().await.unwrap();
        let endpoint = before(database.endpoint()).await;
        Box::pin(Self::over(database, endpoint, UNLIMITED)).await
    }

    /// One whose tables refuse every request of the functions that contains `refused`, as for want of a permission.
    pub(crate) async fn refusing(refused: &'static str) -> Self {
        Self::refusing_with(refused, "AccessDeniedException").await
    }

    /// The same with that error code.
    pub(crate) async fn refusing_with(refused: &'static str, code: &'static str) -> Self {
        let database = Embedded::memory().await.unwrap();
        let (gate, endpoint) = gate::before(database.endpoint(), refused, code).await;
        Self { gate: Some(gate), ..Box::pin(Self::over(database, endpoint, UNLIMITED)).await }
    }

    /// From now on every request is let through.
    pub(crate) fn refuse_no_more(&self) {
        self.gate.as_ref().unwrap().open();
    }

    /// From now on those requests are refused again.
    pub(crate) fn refuse_again(&self) {
        self.gate.as_ref().unwrap().close();
    }

    async fn over(database: Embedded, endpoint: String, limits: Limits) -> Self {
        let wire = Wire::to(endpoint).await.unwrap();
        let aws = Aws::new(wire.sdk_config().await);
        Self::with(database, wire, aws, limits).await
    }

    #[expect(clippy::too_many_lines, reason = "each function's settings, field by field")]
    async fn with(database: Embedded, wire: Wire, aws: Aws, limits: Limits) -> Self {
        let direct = Aws::new(database.sdk_config().await);
        let key = Key::new("key-1", Algorithm::EdDSA);
        let issuer = Issuer::with(&[&key]).await;
        let (recorder, queues) = (Recorder::new().await, Queues::new().await);
        let (broadcast_queue, dead_letter_queue) = (queues.url(BROADCASTS), queues.url(DEAD_LETTERS));
        let (measured, daemon) = (Measured::default(), Daemon::new());
        let (inbox_table, directory_table) = (names::INBOX.to_owned(), names::DIRECTORY.to_owned());
        let connections_table = names::CONNECTIONS.to_owned();
        let (tokens, origins) = (issuer.settings(), Origins::parse(ORIGIN));
        let signalling = signals::Settings {
            inbox_table: inbox_table.clone(),
            directory_table: directory_table.clone(),
            connections_table: connections_table.clone(),
            websocket_endpoint: recorder.url.clone(),
            broadcast_queue: broadcast_queue.clone(),
            dead_letter_queue,
            retention: retention(),
            storm: STORM,
            metrics: measured.by("signals"),
        };
        let worker = broadcast::Settings {
            inbox_table: inbox_table.clone(),
            directory_table: directory_table.clone(),
            queue: broadcast_queue.clone(),
            retention: retention(),
            recipients_per_second: 1_000_000,
            shift: Duration::from_mins(1),
            metrics: measured.by("broadcast"),
        };
        Self {
            api: api::service(
                &aws,
                api::Settings {
                    inbox_table: inbox_table.clone(),
                    directory_table: directory_table.clone(),
                    connections_table: connections_table.clone(),
                    websocket_endpoint: recorder.url.clone(),
                    broadcast_queue: broadcast_queue.clone(),
                    tokens: tokens.clone(),
                    origins: origins.clone(),
                    retention: retention(),
                    storm: STORM,
                    rates: limits.rates,
                    poll_interval_seconds: POLL_INTERVAL_SECONDS,
                    metrics: measured.by("api"),
                },
            ),
            authorizer: Authorizer::new(
                &aws,
                authorizer::Settings { directory_table: directory_table.clone(), tokens, origins },
            ),
            connect: Connect::new(
                &aws,
                connect::Settings {
                    connections_table: connections_table.clone(),
                    directory_table: directory_table.clone(),
                    websocket_endpoint: recorder.url.clone(),
                    max_connections_per_user: MAX_CONNECTIONS,
                },
            ),
            disconnect: Disconnect::new(&aws, connections_table.clone()),
            frame: Box::new(FrameHandler::new(
                &aws,
                frame::Settings {
                    inbox_table: inbox_table.clone(),
                    directory_table: directory_table.clone(),
                    connections_table: connections_table.clone(),
                    websocket_endpoint: recorder.url.clone(),
                    retention: retention(),
                    rates: limits.frames,
                    metrics: measured.by("ws_default"),
                },
            )),
            fanout: Fanout::new(
                &aws,
                fanout::Settings {
                    inbox_table: inbox_table.clone(),
                    connections_table: connections_table.clone(),
                    websocket_endpoint: recorder.url.clone(),
                    metrics: measured.by("fanout"),
                    tracer: daemon.tracer(),
                },
            ),
            signals: Box::new(SignalsFunction::new(&aws, signalling)),
            broadcast: Box::new(Worker::new(&aws, worker.clone())),
            hurried: Box::new(Worker::new(
                &aws,
                broadcast::Settings { shift: Duration::ZERO, ..worker.clone() },
            )),
            worker,
            broadcasts: Broadcasts::new(
                Directory::new(&direct, names::DIRECTORY),
                retention(),
                Queue::new(&direct, broadcast_queue),
            ),
            raw: Client::new(direct.config()),
            direct: direct.clone(),
            inbox: Inbox::new(&direct, names::INBOX, retention()),
            connections: Connections::new(&direct, names::CONNECTIONS),
            directory: Directory::new(&direct, names::DIRECTORY),
            recorder,
            queues,
            measured,
            daemon,
            issuer,
            key,
            wire,
            aws,
            gate: None,
            _database: database,
        }
    }

    /// A good token.
    pub(crate) fn token(&self, user: &str, role: &str) -> String {
        self.key.sign(&self.issuer.claims(user, role))
    }

    /// Opens sockets, as `$connect` does.
    pub(crate) async fn open(&self, user: &str, connections: &[&str]) {
        for connection in connections {
            self.connections.register(&super::user(user), connection, None).await.unwrap();
        }
    }

    /// A socket's row as `$connect` left it some time ago.
    pub(crate) async fn opened_ago(&self, user: &str, connection: &str, seconds: i64) {
        let now = clock::now();
        let row = HashMap::from([
            ("user".to_owned(), AttributeValue::S(user.to_owned())),
            ("connection".to_owned(), AttributeValue::S(connection.to_owned())),
            (
                "connected_at".to_owned(),
                AttributeValue::N(now.plus_millis(-1000 * seconds).as_millis().to_string()),
            ),
            ("expires_at".to_owned(), AttributeValue::N((now.as_seconds() + 3_600).to_string())),
        ]);
        self.raw.put_item().table_name(names::CONNECTIONS).set_item(Some(row)).send().await.unwrap();
    }

    /// The user's open sockets, sorted.
    pub(crate) async fn sockets(&self, user: &str) -> Vec<String> {
        let rows = self.connections.of(&super::user(user)).await.unwrap();
        let mut ids: Vec<_> = rows.into_iter().map(|row| row.connection).collect();
        ids.sort();
        ids
    }
}
