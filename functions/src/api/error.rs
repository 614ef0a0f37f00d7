//! Every error of the API, and its answer: `application/problem+json` (RFC 9457).

use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use belfry_cloud::{AuthError, StoreError, directory::MAX_TOPICS};
use belfry_domain::{
    NotificationId, UserId,
    body::{FieldError, InvalidBody},
};
use serde::Serialize;
use tracing::{Instrument, field::Empty};
use utoipa::ToSchema;

use super::{invocation::Invocation, rate_limit::RateLimitStatus};

/// The invocation's id, in every answer.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a route answers instead of its result.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// No credential, or one that was not accepted.
    Unauthenticated(&'static str),
    /// A credential without the permission, or from a page that may not use it.
    Forbidden(&'static str),
    /// Nothing there, or nothing of the caller's.
    NotFound,
    /// The path is there, the method isn't.
    MethodNotAllowed,
    /// The body can't be used.
    InvalidBody(InvalidBody),
    /// A query parameter can't be used.
    InvalidQuery(FieldError),
    /// A header can't be used.
    InvalidHeader(HeaderName, String),
    /// What is to be changed is not as the caller has seen it.
    Conflict(&'static str),
    /// The caller has subscribed to as many topics as a user may.
    TooManyTopics,
    /// An `Idempotency-Key` was used with another body before.
    IdempotencyKeyReused,
    /// The caller's bucket is empty.
    TooManyRequests(RateLimitStatus),
    /// Not all of many notifications were stored.
    PartlyCreated {
        /// The users whose notification wasn't stored, or may not be.
        failed: Vec<FieldError>,
        /// The notifications that are.
        created: Vec<Created>,
    },
    /// The inbox has reached DynamoDB's limit: nothing can be added to it, and nothing in it can grow.
    InboxFull,
    /// The body is longer than it may be.
    TooLarge,
    /// The body has a `Content-Encoding`, such as gzip.
    UnsupportedEncoding,
    /// The body didn't arrive whole.
    IncompleteBody,
    /// The store or the issuer's keys can't be reached now.
    Unavailable,
    /// A fault of Belfry's.
    Internal,
}

/// One notification of many, in the answer to a request and in the problem `partly_created`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Created {
    /// Whose it is.
    pub(super) user: UserId,
    /// Its id.
    pub(super) id: NotificationId,
}

/// Every error's body (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// Always `about:blank`: `code` says more.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The status, in words.
    title: &'static str,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, for people.
    detail: String,
    /// What is wrong, for programs.
    #[schema(example = "not_found")]
    code: &'static str,
    /// Names the request in the logs.
    request_id: &'a str,
    /// Each field, parameter or header that breaks a rule.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldError],
    /// With `partly_created`: what was stored all the same.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    results: &'a [Created],
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::InvalidBody(_) | Self::InvalidQuery(_) | Self::InvalidHeader(..) | Self::IncompleteBody => {
                StatusCode::BAD_REQUEST
            }
            Self::Conflict(_) | Self::TooManyTopics => StatusCode::CONFLICT,
            Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PartlyCreated { .. } | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::InboxFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => "unauthenticated",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::InvalidBody(_) | Self::IncompleteBody => "invalid_body",
            Self::InvalidQuery(_) => "invalid_query",
            Self::InvalidHeader(..) => "invalid_header",
            Self::Conflict(_) => "conflict",
            Self::TooManyTopics => "too_many_topics",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::TooManyRequests(_) => "too_many_requests",
            Self::PartlyCreated { .. } => "partly_created",
            Self::InboxFull => "inbox_full",
            Self::TooLarge => "too_large",
            Self::UnsupportedEncoding => "unsupported_encoding",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unauthenticated(reason) | Self::Forbidden(reason) | Self::Conflict(reason) => {
                (*reason).to_owned()
            }
            Self::NotFound => "There is nothing of yours at this address.".to_owned(),
            Self::MethodNotAllowed => "Method not allowed.".to_owned(),
            Self::InvalidBody(invalid) => invalid.to_string(),
            Self::InvalidQuery(error) => format!("{} {}", error.pointer, error.detail),
            Self::InvalidHeader(name, detail) => format!("{name} {detail}"),
            Self::TooManyTopics => format!("A user may subscribe to at most {MAX_TOPICS} topics."),
            Self::IdempotencyKeyReused => "This Idempotency-Key was used with another body.".to_owned(),
            Self::TooManyRequests(status) => format!("Wait {} s.", status.retry_after_seconds()),
            Self::PartlyCreated { failed, .. } => {
                format!("{} of the notifications may not be stored. Try again.", failed.len())
            }
            Self::InboxFull => "This inbox has reached 10 GB; nothing in it can grow.".to_owned(),
            Self::TooLarge => format!("The body is longer than {} bytes.", super::MAX_BODY_BYTES),
            Self::UnsupportedEncoding => "Send the body without a Content-Encoding.".to_owned(),
            Self::IncompleteBody => "The body did not arrive whole.".to_owned(),
            Self::Unavailable => "Try again in a moment.".to_owned(),
            Self::Internal => "This is our fault, and it has been logged.".to_owned(),
        }
    }

    fn errors(&self) -> &[FieldError] {
        match self {
            Self::InvalidBody(InvalidBody::Fields(errors)) => errors,
            Self::InvalidQuery(error) => std::slice::from_ref(error),
            Self::PartlyCreated { failed, .. } => failed,
            Self::InvalidBody(InvalidBody::NotJson(_) | InvalidBody::NotAnObject)
            | Self::InvalidHeader(..)
            | Self::Conflict(_)
            | Self::TooManyTopics
            | Self::IdempotencyKeyReused
            | Self::TooManyRequests(_)
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::InboxFull
            | Self::TooLarge
            | Self::UnsupportedEncoding
            | Self::IncompleteBody
            | Self::Unavailable
            | Self::Internal => &[],
        }
    }

    fn created(&self) -> &[Created] {
        if let Self::PartlyCreated { created, .. } = self { created } else { &[] }
    }

    /// What goes with the status.
    fn write_headers(&self, headers: &mut HeaderMap) {
        match self {
            Self::Unauthenticated(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::UnsupportedEncoding => {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            }
            Self::TooManyRequests(status) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(status.retry_after_seconds()));
                status.write_headers(headers);
            }
            _ => {}
        }
    }
}

impl IntoResponse for ApiError {
    /// Only the status: `render_problem` writes the body, since only there the request's id is known.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Gives every answer its request id, and every error its body.
pub(super) async fn render_problem(request: Request, next: Next) -> Response {
    let Invocation { request_id, .. } = Invocation::of(&request);
    // Who the user is turns out inside. An error's span, so that no level leaves it out.
    let span = tracing::error_span!("request", user = Empty);
    render(request, next, request_id).instrument(span).await
}

async fn render(request: Request, next: Next, request_id: String) -> Response {
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() {
        let status = error.status();
        tracing::info!(status = status.as_u16(), code = error.code(), "rejected request");
        let body = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: error.detail(),
            code: error.code(),
            request_id: &request_id,
            errors: error.errors(),
            results: error.created(),
        };
        // Headers that were set before stay, except those that describe the body.
        *response.body_mut() = Json(body).into_response().into_body();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        error.write_headers(response.headers_mut());
    }
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(X_REQUEST_ID, request_id);
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

pub(super) async fn no_such_route() -> ApiError {
    ApiError::NotFound
}

pub(super) async fn no_such_method() -> ApiError {
    ApiError::MethodNotAllowed
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "failed to complete a store operation");
        match error {
            StoreError::Unavailable(_) | StoreError::QueueUnavailable(_) => Self::Unavailable,
            StoreError::InboxFull(_) => Self::InboxFull,
            StoreError::Refused(_) | StoreError::Rejected(_) | StoreError::Unreadable(_) => Self::Internal,
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid(reason) => {
                tracing::info!(reason, "rejected token");
                Self::Unauthenticated("The token is not valid here.")
            }
            AuthError::Expired => Self::Unauthenticated("The token has expired."),
            AuthError::Revoked => Self::Unauthenticated("The token was revoked."),
            AuthError::Inactive => Self::Forbidden("This user is deactivated."),
            error @ (AuthError::KeysUnavailable(_) | AuthError::DirectoryUnavailable(_)) => {
                tracing::error!(%error, "failed to verify a credential");
                Self::Unavailable
            }
        }
    }
}

impl From<InvalidBody> for ApiError {
    fn from(invalid: InvalidBody) -> Self {
        Self::InvalidBody(invalid)
    }
}
