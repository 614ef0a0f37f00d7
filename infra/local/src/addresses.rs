//! The names that this runner answers to, and the pages that may use it.

use std::str::FromStr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use belfry_cloud::Origins;
use url::Url;

/// The port that browsers leave out of `http://` addresses.
const HTTP_PORT: u16 = 80;

/// The origin of a page: scheme, host and, unless it is the scheme's own, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: String,
    /// The values of `Host` there: with the port, and also without it if it is the scheme's default port.
    hosts: Vec<String>,
}

/// The text isn't an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be http:// or https://, a host and an optional port, such as http://localhost:5173")]
pub struct InvalidOrigin;

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url: Url = text.parse().map_err(|_| InvalidOrigin)?;
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(InvalidOrigin);
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        // The list that the functions read is separated by commas.
        if !matches!(url.scheme(), "http" | "https") || !bare || !nobody || host.contains(',') {
            return Err(InvalidOrigin);
        }
        let mut hosts = vec![format!("{host}:{port}")];
        if url.port().is_none() {
            hosts.push(host.to_owned());
        }
        Ok(Self { text: url.origin().ascii_serialization(), hosts })
    }
}

/// The runner's own address and those of `--origin`.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Addresses {
    /// The addresses of a port on this machine, and those of other pages.
    pub(crate) fn new(port: u16, pages: &[Origin]) -> Self {
        let mut addresses = Self { hosts: Vec::new(), origins: Vec::new() };
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            let mut hosts = vec![format!("{name}:{port}")];
            if port == HTTP_PORT {
                hosts.push(name.to_owned());
            }
            addresses.origins.extend(hosts.iter().map(|host| format!("http://{host}")));
            addresses.hosts.extend(hosts);
        }
        for page in pages {
            addresses.hosts.extend_from_slice(&page.hosts);
            addresses.origins.push(page.text.clone());
        }
        addresses
    }

    /// Accepts requests for these hosts, too, but not from pages there.
    pub(crate) fn add_hosts(&mut self, hosts: impl Iterator<Item = String>) {
        self.hosts.extend(hosts);
    }

    /// The pages, as `ALLOWED_ORIGINS` lists them.
    pub(crate) fn allowed_origins(&self) -> String {
        self.origins.join(",")
    }

    /// The pages.
    pub(crate) fn origins(&self) -> Origins {
        Origins::parse(&self.allowed_origins())
    }

    fn has_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.hosts.iter().any(|own| host.eq_ignore_ascii_case(own))
    }
}

/// A layer that answers 421 to requests for other hosts. A page whose own name was pointed at this machine may not speak to
/// it as if it were from here (DNS rebinding).
pub(crate) async fn require_own_host(
    State(addresses): State<Addresses>,
    request: Request,
    next: Next,
) -> Response {
    if addresses.has_host(request.headers()) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Origin, InvalidOrigin> {
        text.parse()
    }

    #[test]
    fn parses_an_origin_and_nothing_more() {
        assert_eq!(parse("HTTP://LOCALHOST:5173/").unwrap().text, "http://localhost:5173");
        assert_eq!(parse("https://app.example.com:443").unwrap().text, "https://app.example.com");
        assert_eq!(parse("http://[::1]:5173").unwrap().hosts, ["[::1]:5173"]);
        for bad in [
            "",
            "*",
            "null",
            "localhost:5173",
            "file:///page.html",
            "ws://localhost",
            "http://",
            "http://localhost/page",
            "http://localhost/?a",
            "http://localhost/#a",
            "http://ana@localhost",
            "http://a,http://b",
        ] {
            assert_eq!(parse(bad), Err(InvalidOrigin), "{bad}");
        }
    }

    #[test]
    fn hosts_have_the_default_port_or_none() {
        let addresses = Addresses::new(80, &[parse("https://app.example.com").unwrap()]);
        let has =
            |host: &str| addresses.has_host(&HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]));
        for own in
            ["localhost", "localhost:80", "[::1]", "127.0.0.1:80", "App.example.com", "app.example.com:443"]
        {
            assert!(has(own), "{own}");
        }
        for other in
            ["", "localhost:8080", "app.example.com:80", "evil.example", "app.example.com.evil.example"]
        {
            assert!(!has(other), "{other}");
        }
    }
}
