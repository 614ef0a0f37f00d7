//! Refusals that no function writes, since the gateway or the host check refuses before one is invoked: the same
//! `application/problem+json` as the functions' own.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde_json::json;

const CONTENT_TYPE: &str = "application/problem+json";

/// Gives each refusal a problem as its body (RFC 9457), unless it has a body with a format of its own.
pub(crate) async fn fill(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || has_format(&response) {
        return response;
    }
    let (code, detail) = describe(status);
    let request_id = uuid::Uuid::new_v4().to_string();
    let problem = json!({
        "type": "about:blank", "title": status.canonical_reason().unwrap_or("Error"), "status": status.as_u16(),
        "detail": detail, "code": code, "request_id": request_id,
    });
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        parts.headers.insert("x-request-id", request_id);
    }
    Response::from_parts(parts, Body::from(problem.to_string()))
}

/// axum and tower-http refuse with plain text, or with nothing.
fn has_format(response: &Response) -> bool {
    let format = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    format.is_some_and(|format| !format.starts_with(b"text/plain"))
}

fn describe(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => ("unauthenticated", "Opening a socket needs a credential."),
        StatusCode::FORBIDDEN => ("forbidden", "This caller, or this page, may not do that."),
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "Method not allowed."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is longer than 10 MB."),
        StatusCode::MISDIRECTED_REQUEST => {
            ("misdirected_request", "The Host header must name this server, or a page that `--origin` names.")
        }
        _ if status.is_client_error() => {
            ("bad_request", "The request doesn't have the form that this address takes.")
        }
        _ => ("internal", "The server failed; its log says why."),
    }
}
