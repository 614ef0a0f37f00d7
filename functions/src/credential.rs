//! Where a request carries its token.

use http::{HeaderMap, header};

/// The cookie that holds the JWT in browsers.
pub const SESSION_COOKIE: &str = "belfry_session";

/// A token, by how it came. What came as a cookie may have been sent for any page, so its page must be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// In the `Authorization` header (RFC 6750, section 2.1).
    Bearer(String),
    /// In the session cookie.
    Cookie(String),
}

impl Credential {
    /// The token of the request. An `Authorization` header of another scheme is not passed over for the cookie.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
            return scheme.eq_ignore_ascii_case("bearer").then(|| Self::Bearer(token.trim().to_owned()));
        }
        // Byte by byte, since another application's cookie of the same host may hold anything (RFC 6265, section 5.4).
        let lines = headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        let value = lines.filter_map(|cookie| {
            cookie.trim_ascii().strip_prefix(SESSION_COOKIE.as_bytes())?.strip_prefix(b"=")
        });
        value.into_iter().next().and_then(|value| String::from_utf8(value.to_vec()).ok()).map(Self::Cookie)
    }

    /// The token itself.
    pub fn token(&self) -> &str {
        match self {
            Self::Bearer(token) | Self::Cookie(token) => token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Option<Credential> {
        let pairs = headers.iter().map(|(name, value)| {
            (name.parse().unwrap(), http::HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        Credential::of(&pairs.collect())
    }

    #[test]
    fn the_authorization_header_goes_before_the_cookie() {
        let cookie = ("cookie", "a=b; belfry_session=c; d=e");
        assert_eq!(of(&[cookie]), Some(Credential::Cookie("c".to_owned())));
        assert_eq!(of(&[("authorization", "bearer t"), cookie]), Some(Credential::Bearer("t".to_owned())));
        for other in ["Basic dDp0", "t", "Bearer", ""] {
            assert_eq!(of(&[("authorization", other), cookie]), None, "{other}");
        }
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn other_cookies_of_the_host_don_t_matter_and_the_first_of_ours_counts() {
        for line in [
            "x=\u{e9}; belfry_session=c",
            "belfry_session=c;belfry_session=d",
            " belfry_session=c ; belfry=e",
        ] {
            assert_eq!(of(&[("cookie", line)]), Some(Credential::Cookie("c".to_owned())), "{line}");
        }
        assert_eq!(of(&[("cookie", "xbelfry_session=c; belfry_session2=d")]), None);
    }
}
