//! A gate before a DynamoDB that lets some requests never through, until it is opened.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

#[derive(Clone)]
pub(crate) struct Gate {
    target: String,
    refused: &'static str,
    code: &'static str,
    is_open: Arc<AtomicBool>,
    client: reqwest::Client,
}

impl Gate {
    /// From now on refuses nothing.
    pub(crate) fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }

    /// From now on refuses again.
    pub(crate) fn close(&self) {
        self.is_open.store(false, Ordering::SeqCst);
    }
}

/// Starts a gate that answers that error code to every request that contains `refused`; returns the gate and its address.
pub(crate) async fn before(target: String, refused: &'static str, code: &'static str) -> (Gate, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let gate = Gate { target, refused, code, is_open: Arc::default(), client: reqwest::Client::new() };
    let app = Router::new().fallback(pass).with_state(gate.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (gate, endpoint)
}

async fn pass(State(gate): State<Gate>, headers: HeaderMap, body: Bytes) -> Response {
    let closed = !gate.is_open.load(Ordering::SeqCst);
    if closed && String::from_utf8_lossy(&body).contains(gate.refused) {
        let error = format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{}","Message":"not by a test"}}"#,
            gate.code
        );
        return (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.0")], error)
            .into_response();
    }
    let answer = gate.client.post(&gate.target).headers(headers).body(body).send().await.unwrap();
    (answer.status(), answer.headers().clone(), answer.bytes().await.unwrap()).into_response()
}
