//! An SQS that keeps what it is sent.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone)]
pub(crate) struct Queues {
    endpoint: String,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// What each queue was sent, by its name.
    messages: HashMap<String, Vec<String>>,
    /// The queues that were ever sent something.
    sent_to: HashSet<String>,
    /// So many sends fail.
    broken: usize,
    /// The delay of each message that was sent, in seconds.
    delays: Vec<u64>,
}

impl Queues {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let queues = Self { endpoint, shared: Arc::default() };
        let app = Router::new().route("/", post(receive)).with_state(queues.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        queues
    }

    /// The URL of the queue of that name.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}/111122223333/{name}", self.endpoint)
    }

    /// The messages of that queue since the last time this was asked.
    pub(crate) fn take(&self, name: &str) -> Vec<String> {
        self.shared.lock().unwrap().messages.remove(name).unwrap_or_default()
    }

    /// Whether that queue was ever sent anything.
    pub(crate) fn was_sent_to(&self, name: &str) -> bool {
        self.shared.lock().unwrap().sent_to.contains(name)
    }

    /// The delays of all messages since the last time this was asked, in seconds.
    pub(crate) fn take_delays(&self) -> Vec<u64> {
        std::mem::take(&mut self.shared.lock().unwrap().delays)
    }

    /// The next sends fail.
    pub(crate) fn break_next(&self, sends: usize) {
        self.shared.lock().unwrap().broken = sends;
    }
}

async fn receive(State(queues): State<Queues>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers["x-amz-target"], "AmazonSQS.SendMessage");
    let message: Value = serde_json::from_slice(&body).unwrap();
    let mut shared = queues.shared.lock().unwrap();
    if shared.broken > 0 {
        shared.broken -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let name = message["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    shared.sent_to.insert(name.clone());
    shared.delays.push(message["DelaySeconds"].as_u64().unwrap_or_default());
    shared.messages.entry(name).or_default().push(message["MessageBody"].as_str().unwrap().to_owned());
    Json(json!({ "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274" })).into_response()
}
