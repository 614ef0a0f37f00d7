//! A DynamoDB that does a part of a batch: of the next `BatchExecuteStatement` it refuses the last statements
//! for the moment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, header::CONTENT_LENGTH},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A wire in front of a database that leaves requests undone.
#[derive(Clone)]
pub(crate) struct Reluctant {
    pub(crate) endpoint: String,
    leave: Arc<AtomicUsize>,
    target: Arc<str>,
    client: Client,
}

impl Reluctant {
    /// In front of the DynamoDB at `target`.
    pub(crate) async fn before(target: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let reluctant = Self {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            leave: Arc::default(),
            target: target.into(),
            client: Client::builder().no_proxy().build().unwrap(),
        };
        let app = Router::new().fallback(carry).with_state(reluctant.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        reluctant
    }

    /// The next batch keeps so many of its requests.
    pub(crate) fn leave(&self, count: usize) {
        self.leave.store(count, Ordering::SeqCst);
    }
}

async fn carry(State(wire): State<Reluctant>, mut headers: HeaderMap, body: Bytes) -> Response {
    let batch = headers
        .get("x-amz-target")
        .is_some_and(|target| target.as_bytes().ends_with(b"BatchExecuteStatement"));
    let count = if batch { wire.leave.swap(0, Ordering::SeqCst) } else { 0 };
    let body = if count > 0 { without_last(&body, count) } else { body };
    headers.remove(CONTENT_LENGTH);
    let answer = wire.client.post(&*wire.target).headers(headers).body(body).send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let mut body = answer.bytes().await.unwrap();
    if count > 0 {
        let mut told: Value = serde_json::from_slice(&body).unwrap();
        let refused = json!({ "Error": { "Code": "ThrottlingError", "Message": "ordered by a test" } });
        told["Responses"].as_array_mut().unwrap().extend(vec![refused; count]);
        headers.remove(CONTENT_LENGTH);
        headers.remove("x-amz-crc32");
        body = told.to_string().into();
    }
    (status, headers, body).into_response()
}

/// The batch without its last `count` statements.
fn without_last(body: &[u8], count: usize) -> Bytes {
    let mut batch: Value = serde_json::from_slice(body).unwrap();
    let statements = batch["Statements"].as_array_mut().unwrap();
    statements.truncate(statements.len() - count);
    batch.to_string().into()
}
