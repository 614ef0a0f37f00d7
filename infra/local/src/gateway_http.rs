//! API Gateway's HTTP API: requests become events of payload format 2.0, answers become responses.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::handlers::Handlers;

/// API Gateway takes no larger request.
const MAX_REQUEST_BYTES: usize = 10 * 1024 * 1024;

pub(crate) fn routes(handlers: Arc<Handlers>) -> Router {
    let paths = ["/api/{*path}", "/api/", "/api"];
    paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(call))).with_state(handlers)
}

async fn call(State(handlers): State<Arc<Handlers>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let answer = handlers.api(event(&parts, &body)).await;
    if !parts.method.is_safe() {
        handlers.written.notify_one();
    }
    match answer.map(|answer| response(&answer)) {
        Ok(Some(response)) => response,
        Ok(None) | Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn event(parts: &Parts, body: &Bytes) -> Value {
    let path = parts.uri.path();
    let (text, is_base64) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    json!({
        "version": "2.0",
        "routeKey": "ANY /api/{proxy+}",
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "cookies": cookies(&parts.headers),
        "headers": joined(&parts.headers),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": { "method": parts.method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1" },
            "requestId": uuid::Uuid::new_v4(),
            "routeKey": "ANY /api/{proxy+}",
            "stage": "$default",
            "timeEpoch": belfry_cloud::clock::now().as_millis(),
        },
        "body": if body.is_empty() { Value::Null } else { text.into() },
        "isBase64Encoded": is_base64,
    })
}

/// Every header once, its values joined by commas; cookies go apart. A client's word on the protocol is not passed on.
pub(crate) fn joined(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut joined = BTreeMap::<&str, String>::new();
    let apart = |name: &HeaderName| name == header::COOKIE || name == "x-forwarded-proto";
    for (name, value) in headers.iter().filter(|(name, _)| !apart(name)) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let values = joined.entry(name.as_str()).or_default();
        if !values.is_empty() {
            values.push(',');
        }
        values.push_str(&text);
    }
    joined
}

pub(crate) fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    lines
        .flat_map(|line| line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>())
        .collect()
}

fn response(answer: &Value) -> Option<Response> {
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok())?;
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(body).ok()?,
        _ => body.as_bytes().to_vec(),
    };
    let mut response = Response::builder().status(status).body(Body::from(body)).ok()?;
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let header = (HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.as_str()?).ok()?);
        response.headers_mut().insert(header.0, header.1);
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::try_from(cookie.as_str()?).ok()?);
    }
    Some(response)
}
