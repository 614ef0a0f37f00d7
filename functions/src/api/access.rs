//! Who is let in, decided in one place: before a handler runs, its caller is verified, and before it is answered, the
//! directory has said that the caller still counts. A handler that takes a [`Caller`] or a [`Sender`] never sees anybody
//! else.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, header, request::Parts},
    middleware::Next,
    response::Response,
};
use belfry_cloud::{Caller, directory::SharedRateLimit, telemetry::UserHash};
use belfry_domain::Permission;
use tracing::{Span, field::display};

use super::{Api, ApiError, rate_limit::RateLimitStatus};
use crate::credential::Credential;

/// Set by scripts, never by forms or links: without an `Origin` it shows that a page's own code is calling.
pub(super) const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// For routes that only read: reads beside the handler whether the caller still counts, and drops its answer if not.
pub(super) async fn admit_beside(
    State(api): State<Arc<Api>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = verified(&api, &mut request).await?;
    let status = api.limits.take(&caller.user, request.method(), request.uri().path());
    let status = status.map_err(ApiError::TooManyRequests)?;
    request.extensions_mut().insert(caller.clone());
    let (admitted, mut response) = tokio::join!(api.authenticator.admit(caller), next.run(request));
    admitted?;
    status.write_headers(response.headers_mut());
    Ok(response)
}

/// For all other routes: the handler runs only once it is known that the caller still counts, and in which role.
pub(super) async fn admit_before(
    State(api): State<Arc<Api>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let caller = verified(&api, &mut request).await?;
    let status = api.limits.take(&caller.user, request.method(), request.uri().path());
    let status = status.map_err(ApiError::TooManyRequests)?;
    let caller = api.authenticator.admit(caller).await?;
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    status.write_headers(response.headers_mut());
    Ok(response)
}

/// Counts one request of the caller across all instances. If there were too many, the error says how long to wait.
pub(super) async fn count_request(
    api: &Api,
    caller: &Caller,
    limit: SharedRateLimit,
) -> Result<(), ApiError> {
    let status = api.directory.count_request(&caller.user, limit).await?;
    if status.is_exceeded {
        return Err(ApiError::TooManyRequests(RateLimitStatus::of_shared(limit, status)));
    }
    Ok(())
}

/// The caller whom the credential names. From here on the request carries the token that was valid.
async fn verified(api: &Api, request: &mut Request) -> Result<Caller, ApiError> {
    let credential = Credential::of(request.headers()).ok_or(ApiError::Unauthenticated("Sign in first."))?;
    if matches!(credential, Credential::Cookies(_)) && !request.method().is_safe() {
        require_same_origin(request.headers(), api)?;
    }
    let (caller, token) = api.authenticator.choose(credential.tokens()).await?;
    Span::current().record("user", display(UserHash(&caller.user)));
    request.extensions_mut().insert(Token(token.to_owned()));
    Ok(caller)
}

/// CSRF protection: a browser sends the cookie with requests of any page, so an unsafe method needs a page that is
/// allowed.
fn require_same_origin(headers: &HeaderMap, api: &Api) -> Result<(), ApiError> {
    let allowed = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| api.origins.allow(origin)),
        None => headers.contains_key(X_REQUESTED_WITH),
    };
    if allowed { Ok(()) } else { Err(ApiError::Forbidden("This page may not do that for you.")) }
}

/// The token that the caller was let in by.
#[derive(Clone)]
pub(super) struct Token(pub(super) String);

/// A caller who was let in.
pub(super) struct SignedIn(pub(super) Caller);

/// A caller who may send notifications to others.
pub(super) struct Sender(pub(super) Caller);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // A route outside of both layers has no caller, and nobody gets in.
        parts.extensions.remove().map(Self).ok_or(ApiError::Unauthenticated("Sign in first."))
    }
}

impl<S: Sync> FromRequestParts<S> for Sender {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let SignedIn(caller) = SignedIn::from_request_parts(parts, state).await?;
        if caller.may(Permission::CreateNotifications) {
            Ok(Self(caller))
        } else {
            Err(ApiError::Forbidden("Only admins and producers send notifications."))
        }
    }
}
