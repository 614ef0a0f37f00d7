//! A DynamoDB that does a part of a batch: of the next `BatchWriteItem` it leaves the last requests unprocessed.

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
    let batch =
        headers.get("x-amz-target").is_some_and(|target| target.as_bytes().ends_with(b"BatchWriteItem"));
    let count = if batch { wire.leave.swap(0, Ordering::SeqCst) } else { 0 };
    let (body, left) = if count > 0 { split(&body, count) } else { (body, Value::Null) };
    headers.remove(CONTENT_LENGTH);
    let answer = wire.client.post(&*wire.target).headers(headers).body(body).send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let mut body = answer.bytes().await.unwrap();
    if !left.is_null() {
        let mut told: Value = serde_json::from_slice(&body).unwrap();
        told["UnprocessedItems"] = left;
        headers.remove(CONTENT_LENGTH);
        headers.remove("x-amz-crc32");
        body = told.to_string().into();
    }
    (status, headers, body).into_response()
}

/// The batch without its last `count` requests, and these.
fn split(body: &[u8], count: usize) -> (Bytes, Value) {
    let mut batch: Value = serde_json::from_slice(body).unwrap();
    let (table, requests) = batch["RequestItems"].as_object().unwrap().iter().next().unwrap();
    let (table, mut done) = (table.clone(), requests.as_array().unwrap().clone());
    let left = done.split_off(done.len() - count);
    batch["RequestItems"][&table] = done.into();
    (batch.to_string().into(), json!({ table: left }))
}
