//! Every error of the API, and how each is told: `application/problem+json` (RFC 9457).

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, rejection::BytesRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use belfry_cloud::{AuthError, StoreError};
use belfry_domain::body::{FieldError, InvalidBody};
use lambda_http::RequestExt;
use serde::Serialize;

/// The invocation's id, in every answer.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Set by scripts, never by forms or links: without an `Origin` it shows that a page's own code is calling.
pub(super) const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// What a route answers instead of its result.
#[derive(Debug)]
pub enum ApiError {
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
    /// The body is longer than it may be.
    TooLarge,
    /// The body didn't arrive whole.
    IncompleteBody,
    /// The store or the issuer's keys can't be reached now.
    Unavailable,
    /// A fault of Belfry's.
    Internal,
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::InvalidBody(_) | Self::InvalidQuery(_) | Self::IncompleteBody => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
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
            Self::TooLarge => "too_large",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Unauthenticated(reason) | Self::Forbidden(reason) => (*reason).to_owned(),
            Self::NotFound => "There is nothing of yours at this address.".to_owned(),
            Self::MethodNotAllowed => "This address doesn't know this method.".to_owned(),
            Self::InvalidBody(invalid) => invalid.to_string(),
            Self::InvalidQuery(error) => format!("{} {}", error.pointer, error.detail),
            Self::TooLarge => format!("The body is longer than {} bytes.", super::MAX_BODY_BYTES),
            Self::IncompleteBody => "The body did not arrive whole.".to_owned(),
            Self::Unavailable => "Try again in a moment.".to_owned(),
            Self::Internal => "This is our fault, and it has been logged.".to_owned(),
        }
    }

    fn errors(&self) -> &[FieldError] {
        match self {
            Self::InvalidBody(InvalidBody::Fields(errors)) => errors,
            Self::InvalidQuery(error) => std::slice::from_ref(error),
            Self::InvalidBody(InvalidBody::NotJson(_) | InvalidBody::NotAnObject)
            | Self::Unauthenticated(_)
            | Self::Forbidden(_)
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooLarge
            | Self::IncompleteBody
            | Self::Unavailable
            | Self::Internal => &[],
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
    let request_id =
        request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() {
        let status = error.status();
        tracing::info!(request_id, status = status.as_u16(), code = error.code(), "refused");
        let body = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: error.detail(),
            code: error.code(),
            request_id: &request_id,
            errors: error.errors(),
        };
        response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
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
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Refused(_) | StoreError::Unreadable(_) => Self::Internal,
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid(reason) => {
                tracing::info!(reason, "a token was refused");
                Self::Unauthenticated("The token is not valid here.")
            }
            AuthError::Expired => Self::Unauthenticated("The token has expired."),
            AuthError::Revoked => Self::Unauthenticated("The token was revoked."),
            error @ (AuthError::KeysUnavailable(_) | AuthError::DirectoryUnavailable(_)) => {
                tracing::error!(%error, "nobody can be verified now");
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

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::IncompleteBody
        }
    }
}
