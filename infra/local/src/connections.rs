//! The open sockets, and the management API that reaches them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State, ws::Utf8Bytes},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use belfry_domain::{Timestamp, frame::MAX_FRAME_BYTES};
use serde_json::json;
use tokio::sync::mpsc;

/// Frames that wait for a slow client at most.
const QUEUE_FRAMES: usize = 256;

/// What a socket is told to do.
#[derive(Debug)]
pub(crate) enum Order {
    Send(Utf8Bytes),
    Close,
}

#[derive(Debug)]
struct Open {
    orders: mpsc::Sender<Order>,
    connected_at: Timestamp,
}

/// All open sockets by their connection ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sockets(Arc<Mutex<HashMap<String, Open>>>);

impl Sockets {
    /// Makes a socket reachable. Until then its id is gone, as on API Gateway before `$connect` has returned.
    pub(crate) fn open(&self, connection: &str, connected_at: Timestamp) -> mpsc::Receiver<Order> {
        let (orders, received) = mpsc::channel(QUEUE_FRAMES);
        self.lock().insert(connection.to_owned(), Open { orders, connected_at });
        received
    }

    pub(crate) fn closed(&self, connection: &str) {
        self.lock().remove(connection);
    }

    /// Tells every socket to close.
    pub(crate) fn close_all(&self) {
        // A full queue is as good as closed: dropping its sender ends the socket.
        self.lock().drain().for_each(|(_, open)| drop(open.orders.try_send(Order::Close)));
    }

    /// A client that is so far behind that its queue is full is closed: its inbox has what it misses, and nobody waits.
    fn order(&self, connection: &str, order: Order) -> Result<(), Refusal> {
        let mut open = self.lock();
        let sent = open.get(connection).is_some_and(|socket| socket.orders.try_send(order).is_ok());
        if sent {
            return Ok(());
        }
        open.remove(connection);
        Err(Refusal::Gone)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The errors of the management API, by the names that the SDK knows them by.
enum Refusal {
    BadRequest,
    Gone,
    PayloadTooLarge,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, name) = match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "BadRequestException"),
            Self::Gone => (StatusCode::GONE, "GoneException"),
            Self::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException"),
        };
        (status, [("x-amzn-errortype", name)], Json(json!({ "message": name }))).into_response()
    }
}

/// `POST`, `GET` and `DELETE /@connections/{id}`, for a port that only this process knows.
pub(crate) fn management_routes(sockets: Sockets) -> Router {
    Router::new().route("/@connections/{id}", post(send).get(describe).delete(close)).with_state(sockets)
}

async fn send(
    State(sockets): State<Sockets>,
    Path(id): Path<String>,
    frame: Bytes,
) -> Result<StatusCode, Refusal> {
    if frame.len() > MAX_FRAME_BYTES {
        return Err(Refusal::PayloadTooLarge);
    }
    let text = Utf8Bytes::try_from(frame).map_err(|_| Refusal::BadRequest)?;
    sockets.order(&id, Order::Send(text)).map(|()| StatusCode::OK)
}

async fn describe(State(sockets): State<Sockets>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let connected_at = sockets.lock().get(&id).ok_or(Refusal::Gone)?.connected_at;
    let identity = json!({ "sourceIp": "127.0.0.1", "userAgent": "" });
    Ok(Json(json!({ "connectedAt": connected_at, "identity": identity })).into_response())
}

async fn close(State(sockets): State<Sockets>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    sockets.order(&id, Order::Close).map(|()| StatusCode::NO_CONTENT)
}
