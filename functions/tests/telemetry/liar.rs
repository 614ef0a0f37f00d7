//! A DynamoDB that answers, when it is told to, with what it shouldn't say.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use tokio::net::TcpListener;

/// An answer of its own making.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lie {
    /// A refusal by a known code, whose message quotes the request.
    Refused,
    /// A code that nobody knows.
    Unknown,
    /// An error page of something in between.
    Page,
    /// Success, and then no JSON.
    Garbage,
    /// Success, with an item that nobody can read.
    Item,
}

pub(crate) const LIES: [Lie; 5] = [Lie::Refused, Lie::Unknown, Lie::Page, Lie::Garbage, Lie::Item];

#[derive(Clone)]
pub(crate) struct Liar {
    target: String,
    lie: Arc<Mutex<Option<(&'static str, Lie)>>>,
    client: reqwest::Client,
}

impl Liar {
    /// Starts one before that DynamoDB; also where it stands.
    pub(crate) async fn before(target: String) -> (Self, String) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let liar = Self { target, lie: Arc::default(), client: reqwest::Client::new() };
        let app = Router::new().fallback(answer).with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (liar, endpoint)
    }

    /// From now on lies so about that table.
    pub(crate) fn lie(&self, table: &'static str, lie: Lie) {
        *self.lie.lock().unwrap() = Some((table, lie));
    }
}

impl Lie {
    fn response(self) -> Response {
        let error = |code: &str| format!(r#"{{"__type":"com.amazon#{code}","message":"canary-message"}}"#);
        let (status, body) = match self {
            Self::Refused => (StatusCode::BAD_REQUEST, error("ValidationException")),
            Self::Unknown => (StatusCode::BAD_REQUEST, error("CuriousException")),
            Self::Page => (StatusCode::BAD_GATEWAY, "<h1>canary-page</h1>".to_owned()),
            Self::Garbage => (StatusCode::OK, r#"{"Items":[{"title":{"S":"canary-tit"#.to_owned()),
            Self::Item => {
                let item = r#"{"user":{"S":"canary-user"},"item":{"S":"n#canary"},"state":{"S":"canary"}}"#;
                let text = format!(r#"{{"Item":{item},"Attributes":{item},"Items":[{item}],"Count":1}}"#);
                (StatusCode::OK, text)
            }
        };
        (status, [("content-type", "application/x-amz-json-1.0")], body).into_response()
    }
}

async fn answer(State(liar): State<Liar>, headers: HeaderMap, body: Bytes) -> Response {
    let lie = *liar.lie.lock().unwrap();
    match lie {
        Some((table, lie)) if String::from_utf8_lossy(&body).contains(table) => lie.response(),
        _ => {
            let answer = liar.client.post(&liar.target).headers(headers).body(body).send().await.unwrap();
            (answer.status(), answer.headers().clone(), Body::from(answer.bytes().await.unwrap()))
                .into_response()
        }
    }
}
