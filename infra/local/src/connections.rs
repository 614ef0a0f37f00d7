//! The open sockets, and the management API that reaches them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
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
use tokio::{sync::mpsc, time::timeout};

/// How many frames wait for a slow client at most: pushes, and answers to its own frames. At 32 KB each, 8 MB and 1 MB.
const WAITING_PUSHES: usize = 256;
const WAITING_ANSWERS: usize = 32;

/// How long an answer waits for its place in the queue: less than the second after which its poster asks again.
const PLACE_WITHIN: Duration = Duration::from_millis(900);

/// Where answers are posted. What is posted without it is a push.
pub(crate) const ANSWERS: &str = "/answers";

/// An order to one connection.
#[derive(Debug)]
pub(crate) enum Order {
    Send(Utf8Bytes),
    Close,
}

#[derive(Debug)]
struct Open {
    pushes: mpsc::Sender<Order>,
    answers: mpsc::Sender<Order>,
    connected_at: Timestamp,
}

/// The orders of one connection.
#[derive(Debug)]
pub(crate) struct Orders {
    pushes: mpsc::Receiver<Order>,
    answers: mpsc::Receiver<Order>,
}

impl Orders {
    /// The next order; `None` once the socket has lost its place, whatever still waits then.
    pub(crate) async fn next(&mut self) -> Option<Order> {
        let order = tokio::select! {
            order = self.pushes.recv() => order,
            order = self.answers.recv() => order,
        };
        order.filter(|_| !self.pushes.is_closed())
    }
}

/// All open sockets by their connection ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sockets(Arc<Mutex<HashMap<String, Open>>>);

impl Sockets {
    /// Makes a socket reachable. Until then its id is gone, as on API Gateway before `$connect` has returned.
    pub(crate) fn open(&self, connection: &str, connected_at: Timestamp) -> Orders {
        let (pushes, to_push) = mpsc::channel(WAITING_PUSHES);
        let (answers, to_answer) = mpsc::channel(WAITING_ANSWERS);
        self.lock().insert(connection.to_owned(), Open { pushes, answers, connected_at });
        Orders { pushes: to_push, answers: to_answer }
    }

    pub(crate) fn closed(&self, connection: &str) {
        self.lock().remove(connection);
    }

    /// Orders every connection to close.
    pub(crate) fn close_all(&self) {
        self.lock().retain(|_, open| open.pushes.try_send(Order::Close).is_ok());
    }

    /// Nobody waits for a client that is so far behind that its queue is full: it loses its place, by which its session
    /// learns that it is too slow. Its inbox has what it misses.
    fn push(&self, connection: &str, order: Order) -> Result<(), Refusal> {
        let mut open = self.lock();
        let placed = open.get(connection).is_some_and(|socket| socket.pushes.try_send(order).is_ok());
        if placed {
            return Ok(());
        }
        open.remove(connection);
        Err(Refusal::Gone)
    }

    /// An answer comes as fast as its client reads: only whoever makes it waits.
    async fn answer(&self, connection: &str, order: Order) -> Result<(), Refusal> {
        let answers = self.lock().get(connection).map(|open| open.answers.clone()).ok_or(Refusal::Gone)?;
        if timeout(PLACE_WITHIN, answers.send(order)).await.is_ok_and(|sent| sent.is_ok()) {
            return Ok(());
        }
        self.closed(connection);
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

/// `POST`, `GET` and `DELETE /@connections/{id}`, for a port that asks for the key of this process.
pub(crate) fn management_routes(sockets: Sockets) -> Router {
    let connection = "/@connections/{id}";
    Router::new()
        .route(connection, post(push).get(describe).delete(close))
        .route(&format!("{ANSWERS}{connection}"), post(answer).delete(close))
        .with_state(sockets)
}

async fn push(
    State(sockets): State<Sockets>,
    Path(id): Path<String>,
    frame: Bytes,
) -> Result<StatusCode, Refusal> {
    sockets.push(&id, sent(frame)?).map(|()| StatusCode::OK)
}

async fn answer(
    State(sockets): State<Sockets>,
    Path(id): Path<String>,
    frame: Bytes,
) -> Result<StatusCode, Refusal> {
    sockets.answer(&id, sent(frame)?).await.map(|()| StatusCode::OK)
}

fn sent(frame: Bytes) -> Result<Order, Refusal> {
    if frame.len() > MAX_FRAME_BYTES {
        return Err(Refusal::PayloadTooLarge);
    }
    Utf8Bytes::try_from(frame).map(Order::Send).map_err(|_| Refusal::BadRequest)
}

async fn describe(State(sockets): State<Sockets>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let connected_at = sockets.lock().get(&id).ok_or(Refusal::Gone)?.connected_at;
    let identity = json!({ "sourceIp": "127.0.0.1", "userAgent": "" });
    Ok(Json(json!({ "connectedAt": connected_at, "identity": identity })).into_response())
}

async fn close(State(sockets): State<Sockets>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    sockets.push(&id, Order::Close).map(|()| StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Order {
        Order::Send(Utf8Bytes::from_static("{}"))
    }

    fn open() -> (Sockets, Orders) {
        let sockets = Sockets::default();
        let orders = sockets.open("c", Timestamp::from_millis(0));
        (sockets, orders)
    }

    #[tokio::test]
    async fn a_push_too_many_takes_the_socket_its_place_whatever_still_waits() {
        let (sockets, mut orders) = open();
        for _ in 0..WAITING_PUSHES {
            assert!(sockets.push("c", frame()).is_ok());
        }
        assert!(sockets.push("c", frame()).is_err());
        assert!(orders.next().await.is_none());
        assert!(sockets.push("c", frame()).is_err());
    }

    #[tokio::test]
    async fn an_answer_waits_until_the_one_before_is_taken_and_no_push_waits_for_it() {
        let (sockets, mut orders) = open();
        for _ in 0..WAITING_ANSWERS {
            assert!(sockets.answer("c", frame()).await.is_ok());
        }
        let (last, ()) = tokio::join!(sockets.answer("c", frame()), async {
            tokio::task::yield_now().await;
            assert!(sockets.push("c", Order::Close).is_ok());
            while let Some(Order::Close) = orders.next().await {}
        });
        assert!(last.is_ok());
    }

    #[tokio::test]
    async fn an_answer_for_which_no_place_comes_free_takes_the_socket_its_place() {
        let (sockets, mut orders) = open();
        for _ in 0..WAITING_ANSWERS {
            assert!(sockets.answer("c", frame()).await.is_ok());
        }
        assert!(sockets.answer("c", frame()).await.is_err());
        assert!(orders.next().await.is_none());
    }

    #[tokio::test]
    async fn when_all_are_to_close_each_is_told_so_after_what_it_was_told_before() {
        let (sockets, mut orders) = open();
        assert!(sockets.push("c", frame()).is_ok());
        sockets.close_all();
        assert!(matches!(orders.next().await, Some(Order::Send(_))));
        assert!(matches!(orders.next().await, Some(Order::Close)));
    }
}
