//! Finding out who is calling. A handler that takes a [`SignedIn`] or a [`Sender`] never sees anybody else.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use belfry_cloud::Caller;
use belfry_domain::Permission;

use super::{Api, ApiError, error::X_REQUESTED_WITH, session::SESSION_COOKIE};

/// A verified caller.
pub(super) struct SignedIn {
    pub(super) caller: Caller,
    /// The token that was verified, for setting it as the cookie.
    pub(super) token: String,
}

/// A verified caller who may send notifications to others.
pub(super) struct Sender;

enum Credential {
    Bearer(String),
    Cookie(String),
}

impl FromRequestParts<Arc<Api>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let token = match credential(&parts.headers)? {
            Credential::Bearer(token) => token,
            Credential::Cookie(token) => {
                if !parts.method.is_safe() {
                    refuse_foreign_page(&parts.headers, api)?;
                }
                token
            }
        };
        let caller = api.verifier.verify(&token).await?;
        if api.directory.is_revoked(&caller.token).await? {
            return Err(ApiError::Unauthenticated("The token was revoked."));
        }
        Ok(Self { caller, token })
    }
}

impl FromRequestParts<Arc<Api>> for Sender {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let SignedIn { caller, .. } = SignedIn::from_request_parts(parts, api).await?;
        if caller.may(Permission::CreateNotifications) {
            Ok(Self)
        } else {
            Err(ApiError::Forbidden("Only admins and producers send notifications."))
        }
    }
}

/// The bearer token, or else the cookie. An `Authorization` header of another scheme is not passed over silently.
fn credential(headers: &HeaderMap) -> Result<Credential, ApiError> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let value = authorization.to_str().unwrap_or_default();
        return match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Ok(Credential::Bearer(token.trim().to_owned()))
            }
            _ => Err(ApiError::Unauthenticated("The Authorization header must be a bearer token.")),
        };
    }
    let cookie = CookieJar::from_headers(headers).get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned());
    cookie.map(Credential::Cookie).ok_or(ApiError::Unauthenticated("Sign in first."))
}

/// A browser sends the cookie for any page, so an unsafe method needs a page that is allowed.
fn refuse_foreign_page(headers: &HeaderMap, api: &Api) -> Result<(), ApiError> {
    let allowed = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| api.origins.allow(origin)),
        None => headers.contains_key(X_REQUESTED_WITH),
    };
    if allowed { Ok(()) } else { Err(ApiError::Forbidden("This page may not do that for you.")) }
}
