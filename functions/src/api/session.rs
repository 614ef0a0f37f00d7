//! `/api/session/`: keeping a token in the browser, where scripts can't read it, and giving it up.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};

use belfry_cloud::connection_closer::CloseError;

use super::{
    Api, ApiError,
    access::{SignedIn, Token},
};
use crate::credential::{cookie_name, host, is_this_machine};

/// The `Set-Cookie` value that keeps a token for `max_age` seconds; 0 takes it away. `Secure`, and the prefix that asks for
/// it, are left out on localhost only, where there is no TLS.
pub fn session_cookie(token: &str, max_age: i64, host: &str) -> String {
    let (name, secure) = (cookie_name(host), if is_this_machine(host) { "" } else { "; Secure" });
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}")
}

/// Keeps the request's token in the session cookie, until it expires.
#[utoipa::path(
    post,
    path = "/api/session/",
    operation_id = "createSession",
    tag = "session",
    responses((status = 204, description = "The cookie is set.", headers(("Set-Cookie", description = "The session.")))),
)]
pub(super) async fn create(
    SignedIn(caller): SignedIn,
    Extension(Token(token)): Extension<Token>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let left = caller.expires_at.as_seconds() - belfry_cloud::clock::now().as_seconds();
    (
        StatusCode::NO_CONTENT,
        AppendHeaders([(header::SET_COOKIE, session_cookie(&token, left.max(0), host(&headers)))]),
    )
}

/// Signs out: the token is worthless from now on, the cookie is taken away, and the caller's sockets are closed. With 503
/// the first two are done, but frames may still reach sockets that are open: until each one's next `hello`.
#[utoipa::path(
    delete,
    path = "/api/session/",
    operation_id = "deleteSession",
    tag = "session",
    responses((status = 204, description = "Signed out.", headers(("Set-Cookie", description = "No session.")))),
)]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    api.authenticator.revoke(&caller).await?;
    let no_cookie = AppendHeaders([(header::SET_COOKIE, session_cookie("", 0, host(&headers)))]);
    // Those of other devices come back by their own tokens.
    match api.sockets.close_all(&caller.user).await {
        Ok(()) => {}
        // Nothing is pushed to these sockets any more, and each is closed by its next `hello` or `seen`.
        Err(error @ CloseError::Unclosed(_)) => {
            tracing::warn!(%error, "failed to close connections after sign-out");
        }
        Err(CloseError::Unmarked(error)) => {
            tracing::error!(%error, "failed to close connections after sign-out");
            return Ok((no_cookie, ApiError::Unavailable).into_response());
        }
    }
    Ok((StatusCode::NO_CONTENT, no_cookie).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_secure_everywhere_but_on_localhost() {
        assert!(!session_cookie("t", 60, "localhost:8080").contains("Secure"));
        for host in ["app.example.com", "localhost.evil.example", "localhost.evil.example:80", ""] {
            assert!(session_cookie("t", 60, host).ends_with("; Secure"), "{host}");
        }
        let (local, secure) = (session_cookie("t", 60, "localhost"), session_cookie("t", 60, ""));
        assert!(local.starts_with("belfry_session=t; Path=/; HttpOnly; SameSite=Lax"));
        assert!(secure.starts_with("__Host-belfry_session=t; Path=/; HttpOnly; SameSite=Lax"));
    }
}
