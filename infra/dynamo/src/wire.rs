//! The wire in front of a DynamoDB, where tests listen and break things.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH},
    response::{IntoResponse, Response},
};
use futures::stream;
use tokio::net::TcpListener;

use crate::{
    call::Call,
    embedded::{self, EmbeddedError},
    meter::Meter,
};

/// What happens to a request instead of being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with `ProvisionedThroughputExceededException` and changes nothing.
    Throttle,
    /// It is answered 500 and changes nothing.
    ServerError,
    /// It is carried out, and its answer is lost: the caller waits until it gives up.
    LoseAnswer,
    /// It is carried out, and the connection is cut in the middle of its answer.
    CutAnswer,
    /// It is carried out that much later.
    Delay(Duration),
}

/// A proxy that records every call and what it consumes, and applies the faults that were ordered.
#[derive(Clone, Debug)]
pub struct Wire {
    endpoint: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    target: String,
    client: reqwest::Client,
    calls: Mutex<Vec<Call>>,
    faults: Mutex<VecDeque<(String, Fault)>>,
}

impl Wire {
    /// Starts one on a loopback port, in front of the DynamoDB at `target`.
    pub async fn to(target: String) -> Result<Self, EmbeddedError> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        let shared = Arc::new(Shared { target, client, calls: Mutex::default(), faults: Mutex::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(carry).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { endpoint, shared })
    }

    /// An SDK configuration that speaks over this wire.
    pub async fn sdk_config(&self) -> SdkConfig {
        embedded::sdk_config(&self.endpoint).await
    }

    /// The next call of that operation meets the fault. Several orders for one operation are met one after another.
    pub fn order(&self, operation: &str, fault: Fault) {
        lock(&self.shared.faults).push_back((operation.to_owned(), fault));
    }

    /// From now on no call meets a fault that was ordered before.
    pub fn calm(&self) {
        lock(&self.shared.faults).clear();
    }

    /// The calls since the last time this was asked.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *lock(&self.shared.calls))
    }

    /// How many ordered faults no call has met yet.
    pub fn faults_left(&self) -> usize {
        lock(&self.shared.faults).len()
    }
}

impl Shared {
    fn fault_for(&self, operation: &str) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let at = faults.iter().position(|(ordered, _)| ordered == operation)?;
        faults.remove(at).map(|(_, fault)| fault)
    }

    async fn forward(&self, call: &Call, mut headers: HeaderMap, body: Bytes) -> Response {
        let meter = Meter::of(&call.operation, &body);
        let body = meter.as_ref().map_or(body, Meter::request);
        headers.remove(CONTENT_LENGTH);
        let Ok(answer) = self.client.post(&self.target).headers(headers).body(body).send().await else {
            return StatusCode::BAD_GATEWAY.into_response();
        };
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        let mut body = answer.bytes().await.unwrap_or_default();
        if let Some((units, rest)) = meter.and_then(|meter| meter.read(&body)) {
            call.units.get_or_init(|| units);
            // They are of the body that came.
            headers.remove(CONTENT_LENGTH);
            headers.remove("x-amz-crc32");
            body = rest;
        }
        (status, headers, body).into_response()
    }
}

async fn carry(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let request = String::from_utf8_lossy(&body).into_owned();
    let call = Call { operation, request, units: Arc::default() };
    lock(&shared.calls).push(call.clone());
    match shared.fault_for(&call.operation) {
        None => shared.forward(&call, headers, body).await,
        Some(Fault::Delay(time)) => {
            // A task of its own: the write happens also when the caller has given up by then.
            let late = tokio::spawn(async move {
                tokio::time::sleep(time).await;
                shared.forward(&call, headers, body).await
            });
            late.await.unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
        }
        Some(Fault::CutAnswer) => {
            let (head, _) = shared.forward(&call, headers, body).await.into_parts();
            Response::from_parts(head, cut())
        }
        Some(Fault::LoseAnswer) => {
            shared.forward(&call, headers, body).await;
            std::future::pending().await
        }
        Some(Fault::Throttle) => error(StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException"),
        Some(Fault::ServerError) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
    }
}

/// A body that breaks off where its first byte should be.
fn cut() -> Body {
    Body::from_stream(stream::once(async {
        Err::<Bytes, std::io::Error>(std::io::ErrorKind::ConnectionReset.into())
    }))
}

fn error(status: StatusCode, code: &str) -> Response {
    let body =
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"ordered by a test"}}"#);
    (status, [("content-type", "application/x-amz-json-1.0")], body).into_response()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
