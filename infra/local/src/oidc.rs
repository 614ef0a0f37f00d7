//! Whose tokens are accepted: those of the demo sign-in, or of another issuer.

use std::{fmt, str::FromStr};

use axum::{Router, routing::get};
use url::{Host, Url};

/// The audience of the demo's tokens.
pub(crate) const DEMO_AUDIENCE: &str = "belfry";

/// An issuer of OpenID Connect, and what its tokens must say.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// The `iss` of its tokens, below which its discovery document is.
    pub issuer: IssuerUrl,
    /// The `aud` of its tokens.
    pub audience: String,
    /// The claim that names the role; `role` where there is none.
    pub role_claim: Option<String>,
}

/// An https URL, or an http URL on this machine. It is kept to the letter, as issuers compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl(String);

/// The text isn't such a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an https:// URL without a query, such as https://login.example.com; http:// only on localhost"
)]
pub struct InvalidIssuer;

impl FromStr for IssuerUrl {
    type Err = InvalidIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidIssuer> {
        let url: Url = text.parse().map_err(|_| InvalidIssuer)?;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
        let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if safe && bare { Ok(Self(text.to_owned())) } else { Err(InvalidIssuer) }
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Oidc {
    /// The demo sign-in at that URL.
    pub(crate) fn demo(url: &str) -> Self {
        let issuer = IssuerUrl(url.to_owned());
        Self { issuer, audience: DEMO_AUDIENCE.to_owned(), role_claim: None }
    }

    /// Replaces the demo page, whose sign-in is off, by a text that says how to sign in.
    pub(crate) fn routes(&self) -> Router {
        let text = format!(
            "Belfry answers here. Its users sign in at {}.\n\nA page hands over their token by POST /api/session/, and a \
             program sends it as a bearer token.\nThe reference of the API is at /reference/.\n",
            self.issuer
        );
        Router::new().route("/", get(|| async { text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_by_https_or_on_this_machine() {
        for good in [
            "https://login.example.com/",
            "http://localhost:8000",
            "http://127.0.0.1:1/realm",
            "http://[::1]:1",
        ] {
            assert_eq!(good.parse::<IssuerUrl>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "login.example.com",
            "http://login.example.com",
            "http://localhost.example.com",
            "ftp://localhost",
            "https://a.example/?b",
            "https://a.example/#b",
            "https://ana@a.example",
        ] {
            assert_eq!(bad.parse::<IssuerUrl>(), Err(InvalidIssuer), "{bad}");
        }
    }
}
