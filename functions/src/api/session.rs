//! `/api/session/`: keeping a token in the browser, where scripts can't read it, and giving it up.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};

use super::{Api, ApiError, access::SignedIn};
use crate::credential::{Credential, SESSION_COOKIE};

/// The `Set-Cookie` value that keeps a token for `max_age` seconds; 0 takes it away. `Secure` is left out on localhost
/// only, where there is no TLS.
pub fn session_cookie(token: &str, max_age: i64, host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    let secure = if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { "" } else { "; Secure" };
    format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}")
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
    Extension(credential): Extension<Credential>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let left = caller.expires_at.as_seconds() - belfry_cloud::clock::now().as_seconds();
    (
        StatusCode::NO_CONTENT,
        AppendHeaders([(
            header::SET_COOKIE,
            session_cookie(credential.token(), left.max(0), host(&headers)),
        )]),
    )
}

/// Signs out: the token is worthless from now on, the cookie is taken away, and the caller's sockets are closed.
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
) -> Result<impl IntoResponse, ApiError> {
    api.authenticator.revoke(&caller).await?;
    // Those of other devices come back by their own tokens.
    if let Err(error) = api.sockets.close_all(&caller.user).await {
        tracing::warn!(%error, "a socket outlives its sign-out");
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, session_cookie("", 0, host(&headers)))])))
}

fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
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
        assert!(session_cookie("t", 60, "").starts_with("belfry_session=t; Path=/; HttpOnly; SameSite=Lax"));
    }
}
