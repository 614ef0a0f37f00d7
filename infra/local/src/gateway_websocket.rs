//! API Gateway's WebSocket API: authorizer, `$connect`, frames, `$disconnect`.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{
        Query, Request, State, WebSocketUpgrade,
        ws::{CloseCode, CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
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
    sync::mpsc::Receiver,
    time::{Instant, sleep_until, timeout},
};

use crate::{
    connections::{Order, Sockets},
    gateway_http::{cookies, joined},
    handlers::{Handlers, invoke},
};

/// API Gateway's limits: a socket may be silent for ten minutes and live for two hours.
const IDLE: Duration = Duration::from_mins(10);
const LIFETIME: Duration = Duration::from_hours(2);

/// A client that takes no frame for so long is closed.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// axum's own default of 128 KiB a socket is meant for other traffic.
const BUFFER_BYTES: usize = 4 * 1024;

const METHOD_ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:local/local/$connect";

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

/// One socket: the request context from which each of its events is made.
struct Session {
    gateway: Gateway,
    connection: String,
    context: Value,
}

/// How a socket ends.
enum End {
    ByClient(CloseCode),
    ByServer(CloseFrame),
    Broken,
}

/// The socket opens when the authorizer and `$connect` have said yes.
async fn open(
    State(gateway): State<Gateway>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
    request: Request,
) -> Response {
    let mut session = Session::new(gateway);
    let mut event = session.event("$connect", "CONNECT");
    event["headers"] = headers(request.headers());
    event["queryStringParameters"] = json!(query);
    match session.authorize(event.clone()).await {
        Ok(authorizer) => session.context["authorizer"] = authorizer,
        Err(status) => return status.into_response(),
    }
    event["requestContext"]["authorizer"] = session.context["authorizer"].clone();
    let connect = &session.gateway.handlers.connect;
    if !invoke(|event| connect.handle(event), event).await.is_ok_and(|answer| answer["statusCode"] == 200) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let orders = session.gateway.sockets.open(&session.connection, clock::now());
    upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(2 * MAX_FRAME_BYTES)
        .max_message_size(4 * MAX_FRAME_BYTES)
        .on_failed_upgrade({
            let (sockets, connection) = (session.gateway.sockets.clone(), session.connection.clone());
            move |_| sockets.closed(&connection)
        })
        .on_upgrade(move |socket| session.serve(socket, orders))
}

impl Session {
    fn new(gateway: Gateway) -> Self {
        let connection = STANDARD.encode(&uuid::Uuid::new_v4().as_bytes()[..11]);
        let context = json!({
            "apiId": "local",
            "connectedAt": clock::now().as_millis(),
            "connectionId": connection,
            "domainName": "localhost",
            "identity": { "sourceIp": "127.0.0.1" },
            "stage": "local",
        });
        Self { gateway, connection, context }
    }

    fn event(&self, route_key: &str, event_type: &str) -> Value {
        let mut context = self.context.clone();
        context["routeKey"] = json!(route_key);
        context["eventType"] = json!(event_type);
        context["requestId"] = json!(uuid::Uuid::new_v4());
        context["requestTimeEpoch"] = json!(clock::now().as_millis());
        json!({ "requestContext": context, "isBase64Encoded": false })
    }

    /// The context that the authorizer gives, or the status that API Gateway answers instead.
    async fn authorize(&self, mut event: Value) -> Result<Value, StatusCode> {
        event["type"] = json!("REQUEST");
        event["methodArn"] = json!(METHOD_ARN);
        let authorizer = &self.gateway.handlers.authorizer;
        let answer = invoke(|event| authorizer.handle(event), event).await.map_err(|error| {
            let unauthorized = error.to_string() == "Unauthorized";
            if unauthorized { StatusCode::UNAUTHORIZED } else { StatusCode::INTERNAL_SERVER_ERROR }
        })?;
        let allowed = answer["policyDocument"]["Statement"][0]["Effect"] == "Allow";
        if allowed { Ok(answer["context"].clone()) } else { Err(StatusCode::FORBIDDEN) }
    }

    async fn serve(self, mut socket: WebSocket, mut orders: Receiver<Order>) {
        let end = self.carry(&mut socket, &mut orders).await;
        self.gateway.sockets.closed(&self.connection);
        let code = match end {
            End::ByServer(frame) => {
                let code = frame.code;
                let _ = timeout(SEND_TIMEOUT, socket.send(Message::Close(Some(frame)))).await;
                code
            }
            End::ByClient(code) => {
                // Reading on lets the answer to the client's close frame go out (RFC 6455, section 5.5.1).
                let _ = timeout(SEND_TIMEOUT, socket.recv()).await;
                code
            }
            End::Broken => close_code::ABNORMAL,
        };
        let mut event = self.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = json!(code);
        let disconnect = &self.gateway.handlers.disconnect;
        if let Err(error) = invoke(|event| disconnect.handle(event), event).await {
            tracing::warn!(%error, "a row of a closed socket stays until its time");
        }
    }

    /// Carries frames both ways until either side ends; returns how.
    async fn carry(&self, socket: &mut WebSocket, orders: &mut Receiver<Order>) -> End {
        let end_of_life = Instant::now() + LIFETIME;
        loop {
            let end_of_patience = end_of_life.min(Instant::now() + IDLE);
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Send(text)) => match timeout(SEND_TIMEOUT, socket.send(Message::Text(text))).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) => return End::Broken,
                        Err(_) => return End::ByServer(close(close_code::POLICY, "too slow")),
                    },
                    Some(Order::Close) | None => return End::ByServer(close(close_code::AWAY, "going away")),
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) if text.len() > MAX_FRAME_BYTES => return End::ByServer(too_large()),
                    Some(Ok(Message::Text(text))) => self.frame(&text).await,
                    Some(Ok(Message::Binary(_))) => return End::ByServer(close(close_code::UNSUPPORTED, "frames are text")),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(frame))) => {
                        return End::ByClient(frame.map_or(close_code::STATUS, |frame| frame.code));
                    }
                    Some(Err(error)) if error.to_string().contains("too long") => return End::ByServer(too_large()),
                    Some(Err(_)) | None => return End::Broken,
                },
                () = sleep_until(end_of_patience) => return End::ByServer(close(close_code::AWAY, "idle or too old")),
            }
        }
    }

    async fn frame(&self, text: &str) {
        let mut event = self.event("$default", "MESSAGE");
        event["body"] = json!(text);
        if let Err(error) = invoke(|event| self.gateway.handlers.frame.handle(event), event).await {
            tracing::error!(%error, "a frame was not handled");
        }
    }
}

/// All headers; unlike in an HTTP API's event, the cookies are among them.
fn headers(headers: &HeaderMap) -> Value {
    let mut all = json!(joined(headers));
    if headers.contains_key(header::COOKIE) {
        all["cookie"] = json!(cookies(headers).join("; "));
    }
    all
}

fn too_large() -> CloseFrame {
    close(close_code::SIZE, "frames are at most 32 KB")
}

fn close(code: CloseCode, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
}
