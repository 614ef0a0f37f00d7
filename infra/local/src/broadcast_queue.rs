//! The queue of broadcasts, as SQS shows it to those who send, and the worker at its other end.
//!
//! Messages are not kept: what is unfinished when the runner starts is found in the table, which knows how far each
//! broadcast is.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
    time::{interval, sleep},
};

use crate::handlers::{Handlers, invoke};

/// As many broadcasts are worked on at the same time as in `template.yaml`.
const CONCURRENT: usize = 2;

/// How often a message may fail, with a pause in between.
const MAX_TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// The stream is looked at this often while a broadcast writes.
const RING: Duration = Duration::from_millis(20);

/// Where messages are put in.
#[derive(Clone)]
pub(crate) struct BroadcastQueue(mpsc::UnboundedSender<String>);

/// Where they come out.
pub(crate) struct Waiting(mpsc::UnboundedReceiver<String>);

/// What SQS is sent (Amazon SQS API Reference, SendMessage).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage {
    message_body: String,
    /// The message becomes visible after that many seconds.
    #[serde(default)]
    delay_seconds: u64,
}

impl BroadcastQueue {
    pub(crate) fn new() -> (Self, Waiting) {
        let (put, waiting) = mpsc::unbounded_channel();
        (Self(put), Waiting(waiting))
    }

    pub(crate) fn routes(self) -> Router {
        Router::new().route("/", post(send)).with_state(self)
    }
}

async fn send(
    State(BroadcastQueue(put)): State<BroadcastQueue>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let message = serde_json::from_slice::<SendMessage>(&body);
    let (Some("AmazonSQS.SendMessage"), Ok(message)) = (asked, message) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if message.delay_seconds > 0 {
        let later = async move {
            sleep(Duration::from_secs(message.delay_seconds)).await;
            // If the runner stops before that, the table says that the broadcast is unfinished.
            let _ = put.send(message.message_body);
        };
        tokio::spawn(later);
        return sent();
    }
    match put.send(message.message_body) {
        Ok(()) => sent(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn sent() -> Response {
    Json(json!({ "MessageId": uuid::Uuid::new_v4() })).into_response()
}

impl Waiting {
    /// Hands each message to the worker until the runner stops. What it is in the middle of then is gone on with at the next
    /// start.
    pub(crate) async fn work(mut self, handlers: Arc<Handlers>, mut stopped: watch::Receiver<bool>) {
        let turns = Arc::new(Semaphore::new(CONCURRENT));
        let mut working = JoinSet::new();
        loop {
            let next = async {
                let turn = Arc::clone(&turns).acquire_owned().await.ok()?;
                self.0.recv().await.map(|message| (turn, message))
            };
            let (turn, message) = tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                next = next => match next {
                    Some(next) => next,
                    None => return,
                },
            };
            let handlers = Arc::clone(&handlers);
            working.spawn(async move {
                deliver(handlers, message).await;
                drop(turn);
            });
            while working.try_join_next().is_some() {}
        }
    }
}

async fn deliver(handlers: Arc<Handlers>, message: String) {
    for tries in 1..=MAX_TRIES {
        let worked = Box::pin(invoke(|event| handlers.broadcast.handle(event), event(&message)));
        let error = tokio::select! {
            worked = worked => match worked {
                Ok(_) => {
                    handlers.written.notify_one();
                    return;
                }
                Err(error) => error,
            },
            never = ring(&handlers) => never,
        };
        tracing::error!(%error, tries, "gave up a broadcast");
        sleep(PAUSE).await;
    }
}

/// The worker writes for a while before it returns.
async fn ring(handlers: &Handlers) -> lambda_runtime::Error {
    let mut times = interval(RING);
    loop {
        times.tick().await;
        handlers.written.notify_one();
    }
}

/// The event by which Lambda hands a message on.
fn event(message: &str) -> Value {
    json!({ "Records": [{
        "messageId": uuid::Uuid::new_v4(),
        "receiptHandle": "local",
        "body": message,
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:broadcasts",
        "awsRegion": "us-east-1",
    }] })
}
