//! One open socket: its frames both ways until either side ends it, then `$disconnect`.

use std::{sync::Arc, time::Duration};

use axum::{
    Error,
    extract::ws::{CloseCode, Message, Utf8Bytes, WebSocket, close_code},
    http::StatusCode,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use belfry_cloud::clock;
use belfry_domain::frame::MAX_FRAME_BYTES;
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Gateway,
    closing::{End, too_large, unreadable},
};
use crate::{
    connections::{Order, Orders},
    handlers::invoke,
};

/// API Gateway's limits: a socket may be silent for ten minutes and live for two hours.
const IDLE: Duration = Duration::from_mins(10);
const LIFETIME: Duration = Duration::from_hours(2);

/// A client that takes no frame for so long is closed.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How many frames of one socket are answered at the same time. API Gateway has no such bound; here it bounds the memory
/// that one socket takes.
const MAX_CONCURRENT_ANSWERS: usize = 8;

const METHOD_ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:local/local/$connect";

/// One socket: the request context from which each of its events is made.
pub(super) struct Session {
    pub(super) gateway: Gateway,
    pub(super) connection: String,
    pub(super) context: Value,
}

impl Session {
    pub(super) fn new(gateway: Gateway) -> Self {
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

    pub(super) fn event(&self, route_key: &str, event_type: &str) -> Value {
        let mut context = self.context.clone();
        context["routeKey"] = json!(route_key);
        context["eventType"] = json!(event_type);
        context["requestId"] = json!(uuid::Uuid::new_v4());
        context["requestTimeEpoch"] = json!(clock::now().as_millis());
        json!({ "requestContext": context, "isBase64Encoded": false })
    }

    /// The context that the authorizer gives, or the status that API Gateway answers instead.
    pub(super) async fn authorize(&self, mut event: Value) -> Result<Value, StatusCode> {
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

    pub(super) async fn serve(self, mut socket: WebSocket, mut orders: Orders) {
        let session = Arc::new(self);
        let mut answers = JoinSet::new();
        let end = session.carry(&mut socket, &mut orders, &mut answers).await;
        session.gateway.sockets.closed(&session.connection);
        drop(orders);
        let code = end.say_goodbye(&mut socket).await;
        drop(socket);
        // A function isn't stopped by its client's leaving.
        while answers.join_next().await.is_some() {}
        session.disconnect(code).await;
    }

    /// Carries frames both ways until either side ends; returns how. Frames are answered in parallel, as by API Gateway, so
    /// their answers may overtake one another. While that many are being answered, or an answer can't be sent, no further
    /// frame is read: a client that sends faster than it reads has to wait.
    async fn carry(
        self: &Arc<Self>,
        socket: &mut WebSocket,
        orders: &mut Orders,
        answers: &mut JoinSet<()>,
    ) -> End {
        let end_of_life = Instant::now() + LIFETIME;
        loop {
            let end_of_patience = end_of_life.min(Instant::now() + IDLE);
            let ended = tokio::select! {
                order = orders.next() => obey(order, socket).await,
                Some(_) = answers.join_next() => Ok(()),
                message = socket.recv(), if answers.len() < MAX_CONCURRENT_ANSWERS => received(message).map(|text| {
                    if let Some(text) = text {
                        answers.spawn(Arc::clone(self).answer(text));
                    }
                }),
                () = sleep_until(end_of_patience) => {
                    Err(End::server(close_code::AWAY, "idle or too old"))
                }
            };
            if let Err(end) = ended {
                return end;
            }
        }
    }

    async fn answer(self: Arc<Self>, text: Utf8Bytes) {
        let mut event = self.event("$default", "MESSAGE");
        event["body"] = json!(text.as_str());
        if let Err(error) = invoke(|event| self.gateway.handlers.frame.handle(event), event).await {
            tracing::error!(%error, "failed to handle a frame");
        }
    }

    async fn disconnect(&self, code: CloseCode) {
        let mut event = self.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = json!(code);
        let disconnect = &self.gateway.handlers.disconnect;
        if let Err(error) = invoke(|event| disconnect.handle(event), event).await {
            tracing::warn!(%error, "failed to remove a connection row");
        }
    }
}

/// Carries out the orders. A connection without a queue of orders has lost it because the queue was full.
async fn obey(order: Option<Order>, socket: &mut WebSocket) -> Result<(), End> {
    let too_slow = || End::server(close_code::POLICY, "too slow");
    match order {
        Some(Order::Send(text)) => match timeout(SEND_TIMEOUT, socket.send(Message::Text(text))).await {
            Ok(sent) => sent.map_err(|_| End::Broken),
            Err(_) => Err(too_slow()),
        },
        Some(Order::Close) => Err(End::server(close_code::AWAY, "going away")),
        None => Err(too_slow()),
    }
}

/// The text to answer, if it is one.
fn received(message: Option<Result<Message, Error>>) -> Result<Option<Utf8Bytes>, End> {
    match message {
        Some(Ok(Message::Text(text))) if text.len() > MAX_FRAME_BYTES => Err(End::ByServer(too_large())),
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Binary(_))) => Err(End::server(close_code::UNSUPPORTED, "frames are text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Close(frame))) => {
            Err(End::ByClient(frame.map_or(close_code::STATUS, |frame| frame.code)))
        }
        Some(Err(error)) => Err(unreadable(&error)),
        None => Err(End::Broken),
    }
}
