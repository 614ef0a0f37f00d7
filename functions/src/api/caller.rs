//! Finding out who is calling. A handler that takes a [`SignedIn`] or a [`Sender`] never sees anybody else.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use belfry_cloud::Caller;
use belfry_domain::Permission;

use super::{Api, ApiError, error::X_REQUESTED_WITH};
use crate::credential::Credential;

/// A verified caller.
pub(super) struct SignedIn {
    pub(super) caller: Caller,
    /// What was verified, for keeping it in the cookie.
    pub(super) credential: Credential,
}

/// A verified caller who may send notifications to others.
pub(super) struct Sender;

impl FromRequestParts<Arc<Api>> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let credential = Credential::of(&parts.headers).ok_or(ApiError::Unauthenticated("Sign in first."))?;
        if matches!(credential, Credential::Cookie(_)) && !parts.method.is_safe() {
            refuse_foreign_page(&parts.headers, api)?;
        }
        let caller = api.authenticator.authenticate(credential.token()).await?;
        Ok(Self { caller, credential })
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

/// A browser sends the cookie for any page, so an unsafe method needs a page that is allowed.
fn refuse_foreign_page(headers: &HeaderMap, api: &Api) -> Result<(), ApiError> {
    let allowed = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| api.origins.allow(origin)),
        None => headers.contains_key(X_REQUESTED_WITH),
    };
    if allowed { Ok(()) } else { Err(ApiError::Forbidden("This page may not do that for you.")) }
}
