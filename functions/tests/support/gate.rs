//! A gate before a DynamoDB that lets some requests never through.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Gate {
    target: String,
    refused: &'static str,
    client: reqwest::Client,
}

/// Starts a gate that refuses whatever names `refused`, as for want of a permission; returns where it stands.
pub(crate) async fn before(target: String, refused: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let gate = Gate { target, refused, client: reqwest::Client::new() };
    let app = Router::new().fallback(pass).with_state(gate);
    tokio::spawn(async move { axum::serve(listener, app).await });
    endpoint
}

async fn pass(State(gate): State<Gate>, headers: HeaderMap, body: Bytes) -> Response {
    if String::from_utf8_lossy(&body).contains(gate.refused) {
        let error =
            r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not by a test"}"#;
        return (StatusCode::BAD_REQUEST, [("content-type", "application/x-amz-json-1.0")], error)
            .into_response();
    }
    let answer = gate.client.post(&gate.target).headers(headers).body(body).send().await.unwrap();
    (answer.status(), answer.headers().clone(), answer.bytes().await.unwrap()).into_response()
}
