//! The `@connections` of an API Gateway that keeps what it is sent, and answers as it is told.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::Value;
use tokio::net::TcpListener;

/// What is answered instead of 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 410: closed, or not open yet.
    Gone,
    /// 429.
    LimitExceeded,
    /// 403.
    Forbidden,
    /// 500.
    Broken,
    /// 200, and nobody gets it: the socket is half-open.
    Lost,
    /// None at all.
    Silence,
}

#[derive(Clone)]
pub(crate) struct Recorder {
    /// The management endpoint, with its stage.
    pub(crate) url: String,
    state: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    answers: HashMap<String, Answer>,
    /// What the next posts to a socket are answered, before that.
    next: HashMap<String, VecDeque<Answer>>,
    /// Every post, in the order they came: the socket, the frame, and whether it was taken.
    posts: Vec<(String, Value, bool)>,
    /// The sockets that were closed.
    closed: Vec<String>,
}

impl Recorder {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/ws", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(Shared::default()));
        let app = Router::new()
            .route("/ws/@connections/{id}", post(receive).delete(close))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, state }
    }

    /// From now on answers so on that socket.
    pub(crate) fn answer(&self, connection: &str, answer: Answer) {
        self.state.lock().unwrap().answers.insert(connection.to_owned(), answer);
    }

    /// The next post on that socket is answered so.
    pub(crate) fn answer_next(&self, connection: &str, answer: Answer) {
        self.state.lock().unwrap().next.entry(connection.to_owned()).or_default().push_back(answer);
    }

    /// From now on that socket takes everything.
    pub(crate) fn mend(&self, connection: &str) {
        let mut state = self.state.lock().unwrap();
        state.answers.remove(connection);
        state.next.remove(connection);
    }

    /// The frames that were taken for that socket, in their order.
    pub(crate) fn frames(&self, connection: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        let taken = state.posts.iter().filter(|(to, _, taken)| to == connection && *taken);
        taken.map(|(_, frame, _)| frame.clone()).collect()
    }

    /// Every frame that was taken, with its socket.
    pub(crate) fn all(&self) -> Vec<(String, Value)> {
        let state = self.state.lock().unwrap();
        let taken = state.posts.iter().filter(|(.., taken)| *taken);
        taken.map(|(to, frame, _)| (to.clone(), frame.clone())).collect()
    }

    /// The sockets that were closed, in their order.
    pub(crate) fn closed(&self) -> Vec<String> {
        self.state.lock().unwrap().closed.clone()
    }

    /// How many posts came, taken or not.
    pub(crate) fn posts(&self) -> usize {
        self.state.lock().unwrap().posts.len()
    }

    /// How many posts came for that socket, taken or not.
    pub(crate) fn posts_to(&self, connection: &str) -> usize {
        self.state.lock().unwrap().posts.iter().filter(|(to, ..)| to == connection).count()
    }
}

/// A socket that is gone, or not open yet, can't be closed either; only what was closed is kept.
async fn close(State(state): State<Arc<Mutex<Shared>>>, Path(id): Path<String>) -> Response {
    let answer = {
        let mut state = state.lock().unwrap();
        let answer = state.answers.get(&id).copied();
        if matches!(answer, None | Some(Answer::Lost)) {
            state.closed.push(id);
        }
        answer
    };
    respond(answer, StatusCode::NO_CONTENT).await
}

async fn receive(State(state): State<Arc<Mutex<Shared>>>, Path(id): Path<String>, frame: Bytes) -> Response {
    let answer = {
        let mut state = state.lock().unwrap();
        let next = state.next.get_mut(&id).and_then(VecDeque::pop_front);
        let answer = next.or_else(|| state.answers.get(&id).copied());
        state.posts.push((id, serde_json::from_slice(&frame).unwrap(), answer.is_none()));
        answer
    };
    respond(answer, StatusCode::OK).await
}

async fn respond(answer: Option<Answer>, success: StatusCode) -> Response {
    let (status, error) = match answer {
        None | Some(Answer::Lost) => return success.into_response(),
        Some(Answer::Silence) => std::future::pending().await,
        Some(Answer::Gone) => (StatusCode::GONE, "GoneException"),
        Some(Answer::LimitExceeded) => (StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        Some(Answer::Forbidden) => (StatusCode::FORBIDDEN, "ForbiddenException"),
        Some(Answer::Broken) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
    };
    (status, [("x-amzn-errortype", error)], "{}").into_response()
}
