//! The URL of an issuer of OpenID Connect.

use std::{fmt, str::FromStr};

use url::{Host, Url};

/// The name by which containers reach the machine that they run on.
const HOST_OF_CONTAINERS: &str = "host.docker.internal";

/// An https URL without user, query and fragment. It may be an http URL if its host is this machine or has an IPv4 address
/// of a private network (RFC 1918), which a function on AWS never reaches. The text is kept as it was given, since
/// issuers compare `iss` exactly. `template.yaml` allows the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerUrl {
    text: String,
    is_private: bool,
}

/// The text isn't such a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an https:// URL without user, query and fragment, such as https://login.example.com; http:// only for \
     localhost or a private address"
)]
pub struct InvalidIssuer;

impl IssuerUrl {
    /// The text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is an http URL, whose host is this machine or on a private network.
    pub(super) const fn is_private(&self) -> bool {
        self.is_private
    }

    /// What stands for a setting that is missing or wrong, until the start fails because of it.
    pub(super) const fn missing() -> Self {
        Self { text: String::new(), is_private: false }
    }
}

impl FromStr for IssuerUrl {
    type Err = InvalidIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidIssuer> {
        let url: Url = text.parse().map_err(|_| InvalidIssuer)?;
        let is_private = match url.scheme() {
            "https" => false,
            "http" if is_private_host(url.host().as_ref()) => true,
            _ => return Err(InvalidIssuer),
        };
        // The parser drops or repairs some characters. The text itself is compared, so it must need no repair.
        let is_plain = text.starts_with(&format!("{}://", url.scheme()))
            && !text.contains(|character: char| character.is_whitespace() || "?#@\\".contains(character));
        if is_plain { Ok(Self { text: text.to_owned(), is_private }) } else { Err(InvalidIssuer) }
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_private_host(host: Option<&Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => ["localhost", HOST_OF_CONTAINERS].contains(name),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
