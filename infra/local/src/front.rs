//! One origin in front of a deployed stack: page, REST API and socket, as a CDN would put them together.

use std::{fmt, net::IpAddr, str::FromStr, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{Uri, uri::Authority},
    routing::{any, get},
};
use axum_reverse_proxy::{ProxyPolicy, ReverseProxy};

/// API Gateway gives its integrations so long to answer; a handshake waits for two of them.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(2 * 29);

/// Where a deployed stack answers: the outputs `HttpApiUrl` and `WebSocketUrl` of `template.yaml`.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The base of the REST API, below which `/api/…` is.
    pub http: StackUrl,
    /// What a client opens its socket at.
    pub websocket: StackUrl,
    /// How the stack's functions call this machine, if not as localhost: the host in the issuer's URL.
    pub issuer_host: Option<Host>,
    /// An address of this machine, besides loopback, on which functions in containers reach the issuer.
    pub listen: Option<IpAddr>,
}

impl Stack {
    /// The host in the issuer's URL.
    pub(crate) fn issuer_host(&self) -> String {
        self.issuer_host.as_ref().map_or_else(|| "localhost".to_owned(), ToString::to_string)
    }

    /// The `Host` headers, with this port, by which others than localhost may call.
    pub(crate) fn hosts(&self, port: u16) -> Vec<String> {
        let listen = self.listen.map(|address| std::net::SocketAddr::new(address, port).to_string());
        let issuer = self.issuer_host.as_ref().map(|host| format!("{host}:{port}"));
        listen.into_iter().chain(issuer).collect()
    }
}

/// The name or the IPv4 address of a host, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host(String);

/// The text isn't such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a host, without a scheme, a port or a path, such as host.docker.internal")]
pub struct InvalidHost;

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let authority: Authority = text.parse().map_err(|_| InvalidHost)?;
        // If the authority has no user, no port and no brackets, it equals its host.
        let is_name = authority.host() == text && !text.starts_with('[');
        is_name.then(|| Self(text.to_ascii_lowercase())).ok_or(InvalidHost)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An absolute URL without a query, its path without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackUrl(String);

/// The text isn't such a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an absolute URL without a query, such as https://api.example.com")]
pub struct InvalidUrl;

impl FromStr for StackUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidUrl)?;
        let known = ["http", "https", "ws", "wss"].contains(&uri.scheme_str().unwrap_or_default());
        if !known || uri.authority().is_none() || uri.query().is_some() {
            return Err(InvalidUrl);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for StackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hands requests on to the stack, and what is said over a socket, byte by byte.
pub(crate) fn routes(stack: &Stack) -> Router {
    let api = ReverseProxy::new("", stack.http.to_string());
    // The proxy's own client speaks http(s), also to open a socket.
    let socket = ReverseProxy::new("/ws", stack.websocket.to_string().replacen("ws", "http", 1))
        .with_policy(ProxyPolicy::new().with_websocket_connect_timeout(HANDSHAKE_TIMEOUT));
    let hand_on = any(move |request: Request| async move { api.proxy_request(request).await });
    let open = get(move |request: Request| async move { socket.proxy_request(at_root(request)).await });
    Router::new()
        .route("/api/{*path}", hand_on.clone())
        .route("/api/", hand_on.clone())
        .route("/api", hand_on)
        .route("/ws/notification/", open.clone())
        .route("/ws/notification", open)
}

/// The stack's socket is at its stage itself, whatever path it has here.
fn at_root(mut request: Request) -> Request {
    let query = request.uri().query().map(|query| format!("/?{query}"));
    *request.uri_mut() = query.and_then(|uri| uri.parse().ok()).unwrap_or_else(|| Uri::from_static("/"));
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_absolute_and_has_no_query() {
        for good in ["http://localhost:4566/_aws/execute-api/a1/$default", "wss://a1.example.com/ws/"] {
            assert!(good.parse::<StackUrl>().is_ok(), "{good}");
        }
        for bad in ["", "localhost", "/api", "ftp://example.com", "https://example.com/?a=b", "https:///x"] {
            assert_eq!(bad.parse::<StackUrl>(), Err(InvalidUrl), "{bad}");
        }
        assert_eq!("https://example.com/".parse::<StackUrl>().unwrap().to_string(), "https://example.com");
    }

    #[test]
    fn a_host_has_no_scheme_and_no_port() {
        for good in ["host.docker.internal", "172.17.0.1", "Belfry"] {
            assert_eq!(good.parse::<Host>().unwrap().to_string(), good.to_ascii_lowercase());
        }
        for bad in ["", "http://host", "host:8080", "me@host", "host/path", "[::1]", "a b"] {
            assert_eq!(bad.parse::<Host>(), Err(InvalidHost), "{bad}");
        }
    }
}
