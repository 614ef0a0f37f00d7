//! API Gateway's WebSocket API: the authorizer and `$connect`; then a session carries the frames.

mod closing;
mod session;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Query, Request, State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use belfry_cloud::clock;
use belfry_domain::frame::MAX_FRAME_BYTES;
use serde_json::{Value, json};

use crate::{
    connections::Sockets,
    gateway_http::{cookies, joined},
    handlers::{Handlers, invoke},
};
use session::Session;

/// axum's own default of 128 KiB a socket is meant for other traffic.
const BUFFER_BYTES: usize = 4 * 1024;

/// A frame that says it is larger isn't even read. Up to here it is, so that its client learns why the socket closes.
const MAX_READ_BYTES: usize = 8 * MAX_FRAME_BYTES;

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

/// The socket opens when the authorizer and `$connect` have said yes.
async fn open(
    State(gateway): State<Gateway>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
    request: Request,
) -> Response {
    let mut session = Session::new(gateway);
    let mut event = session.event("$connect", "CONNECT");
    event["headers"] = headers(request.headers());
    let mut values: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, value) in &query {
        values.entry(name).or_default().push(value);
    }
    // Of several values API Gateway gives the last one here.
    event["queryStringParameters"] = query.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    event["multiValueQueryStringParameters"] = json!(values);
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
        .max_frame_size(MAX_READ_BYTES)
        .max_message_size(4 * MAX_FRAME_BYTES)
        .on_failed_upgrade({
            let (sockets, connection) = (session.gateway.sockets.clone(), session.connection.clone());
            move |_| sockets.closed(&connection)
        })
        .on_upgrade(move |socket| session.serve(socket, orders))
}

/// All headers; unlike in an HTTP API's event, the cookies are among them.
fn headers(headers: &HeaderMap) -> Value {
    let mut all = json!(joined(headers));
    if headers.contains_key(header::COOKIE) {
        all["cookie"] = json!(cookies(headers).join("; "));
    }
    all
}
