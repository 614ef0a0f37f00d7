//! API Gateway's WebSocket API: authorizer, `$connect`, frames, `$disconnect`.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{
        Request, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use belfry_cloud::clock;
use belfry_domain::frame::MAX_FRAME_BYTES;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout_at},
};

use crate::{
    connections::{Order, Sockets},
    gateway_http::joined,
    handlers::Handlers,
};

/// API Gateway's limits: a socket may be silent for ten minutes and live for two hours.
const IDLE: Duration = Duration::from_mins(10);
const LIFETIME: Duration = Duration::from_hours(2);

/// A client that takes no frame for so long is closed.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// axum's own default of 128 KiB a socket is meant for other traffic.
const BUFFER_BYTES: usize = 4 * 1024;

#[derive(Clone)]
struct Gateway {
    handlers: Arc<Handlers>,
    sockets: Sockets,
}

pub(crate) fn routes(handlers: Arc<Handlers>, sockets: Sockets) -> Router {
    let gateway = Gateway { handlers, sockets };
    Router::new()
        .route("/ws/notification/", get(open))
        .route("/ws/notification", get(open))
        .with_state(gateway)
}

/// The request context of one socket, from which each of its events is made.
#[derive(Clone)]
struct Session {
    connection: String,
    context: Value,
}

impl Session {
    fn new() -> Self {
        let connection = STANDARD.encode(&uuid::Uuid::new_v4().as_bytes()[..11]);
        let context = json!({
            "apiId": "local",
            "connectedAt": clock::now().as_millis(),
            "connectionId": connection,
            "domainName": "localhost",
            "identity": { "sourceIp": "127.0.0.1" },
            "stage": "local",
        });
        Self { connection, context }
    }

    fn event(&self, route_key: &str, event_type: &str) -> Value {
        let mut context = self.context.clone();
        context["routeKey"] = json!(route_key);
        context["eventType"] = json!(event_type);
        context["requestId"] = json!(uuid::Uuid::new_v4());
        context["requestTimeEpoch"] = json!(clock::now().as_millis());
        json!({ "requestContext": context, "isBase64Encoded": false })
    }
}

/// The socket opens when the authorizer and `$connect` have said yes.
async fn open(State(gateway): State<Gateway>, upgrade: WebSocketUpgrade, request: Request) -> Response {
    let mut session = Session::new();
    let (headers, query) = (headers(request.headers()), request.uri().query().unwrap_or_default());
    match authorize(&gateway, &session, &headers, query).await {
        Ok(authorizer) => session.context["authorizer"] = authorizer,
        Err(status) => return status.into_response(),
    }
    let mut event = session.event("$connect", "CONNECT");
    event["headers"] = headers;
    event["queryStringParameters"] = parameters(query);
    let connected = gateway.handlers.connect(event).await.is_ok_and(|answer| answer["statusCode"] == 200);
    if !connected {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let orders = gateway.sockets.open(&session.connection, clock::now());
    let refused = (gateway.clone(), session.clone());
    upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(2 * MAX_FRAME_BYTES)
        .max_message_size(4 * MAX_FRAME_BYTES)
        .on_failed_upgrade(move |_| {
            drop(tokio::spawn(async move { refused.0.disconnect(&refused.1, 1006).await }));
        })
        .on_upgrade(move |socket| gateway.serve(session, socket, orders))
}

/// The context that the authorizer gives, or the status that API Gateway answers instead.
async fn authorize(
    gateway: &Gateway,
    session: &Session,
    headers: &Value,
    query: &str,
) -> Result<Value, StatusCode> {
    let arn = "arn:aws:execute-api:us-east-1:000000000000:local/local/$connect";
    let mut event = session.event("$connect", "CONNECT");
    event["type"] = json!("REQUEST");
    event["methodArn"] = json!(arn);
    event["headers"] = headers.clone();
    event["queryStringParameters"] = parameters(query);
    let answer = gateway.handlers.authorize(event).await.map_err(|error| {
        let unauthorized = error.to_string() == "Unauthorized";
        if unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::INTERNAL_SERVER_ERROR }
    })?;
    if answer["policyDocument"]["Statement"][0]["Effect"] != "Allow" {
        return Err(StatusCode::FORBIDDEN);
    }
    let mut context = answer["context"].clone();
    context["principalId"] = answer["principalId"].clone();
    Ok(context)
}

fn headers(headers: &HeaderMap) -> Value {
    let mut all = json!(joined(headers));
    if let Some(cookies) = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()) {
        all["cookie"] = json!(cookies);
    }
    all
}

fn parameters(query: &str) -> Value {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    Value::Object(pairs.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect())
}

/// Why a socket ends.
enum End {
    ByClient(u16),
    ByServer(u16, &'static str),
}

impl Gateway {
    async fn serve(self, session: Session, mut socket: WebSocket, mut orders: mpsc::Receiver<Order>) {
        let end = self.carry(&session, &mut socket, &mut orders).await;
        self.sockets.closed(&session.connection);
        let code = match end {
            End::ByClient(code) => code,
            End::ByServer(code, reason) => {
                let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
                let _ = timeout_at(Instant::now() + SEND_TIMEOUT, socket.send(close)).await;
                code
            }
        };
        self.disconnect(&session, code).await;
    }

    async fn carry(
        &self,
        session: &Session,
        socket: &mut WebSocket,
        orders: &mut mpsc::Receiver<Order>,
    ) -> End {
        let end_of_life = Instant::now() + LIFETIME;
        let mut end_of_patience = Instant::now() + IDLE;
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Send(frame)) => {
                        let Ok(text) = Utf8Bytes::try_from(frame) else { continue };
                        let sent = timeout_at(Instant::now() + SEND_TIMEOUT, socket.send(Message::Text(text))).await;
                        if !matches!(sent, Ok(Ok(()))) {
                            return End::ByServer(close_code::POLICY, "too slow");
                        }
                        end_of_patience = Instant::now() + IDLE;
                    }
                    Some(Order::Close) | None => return End::ByServer(close_code::AWAY, "going away"),
                },
                message = socket.recv() => {
                    end_of_patience = Instant::now() + IDLE;
                    match message {
                        Some(Ok(Message::Text(text))) if text.len() > MAX_FRAME_BYTES => {
                            return End::ByServer(close_code::SIZE, "frames are at most 32 KB");
                        }
                        Some(Ok(Message::Text(text))) => self.frame(session, &text).await,
                        Some(Ok(Message::Binary(_))) => {
                            return End::ByServer(close_code::UNSUPPORTED, "frames are text");
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Close(close))) => {
                            return End::ByClient(close.map_or(close_code::STATUS, |close| close.code));
                        }
                        Some(Err(error)) => return broken(&error),
                        None => return End::ByClient(close_code::ABNORMAL),
                    }
                }
                () = sleep_until(end_of_patience.min(end_of_life)) => {
                    return End::ByServer(close_code::AWAY, "idle or too old");
                }
            }
        }
    }

    async fn frame(&self, session: &Session, text: &str) {
        let mut event = session.event("$default", "MESSAGE");
        event["body"] = json!(text);
        if let Err(error) = self.handlers.frame(event).await {
            tracing::error!(%error, "a frame was not handled");
        }
    }

    async fn disconnect(&self, session: &Session, code: u16) {
        self.sockets.closed(&session.connection);
        let mut event = session.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = json!(code);
        if let Err(error) = self.handlers.disconnect(event).await {
            tracing::warn!(%error, "a row of a closed socket stays until its time");
        }
    }
}

fn broken(error: &axum::Error) -> End {
    if error.to_string().contains("too long") || error.to_string().contains("too big") {
        End::ByServer(close_code::SIZE, "frames are at most 32 KB")
    } else {
        End::ByClient(close_code::ABNORMAL)
    }
}
