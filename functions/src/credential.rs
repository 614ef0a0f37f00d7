//! Where a request carries its token.

use http::{HeaderMap, header};

/// The cookie that holds the JWT in browsers. Because of its prefix they accept it only over https, from the host itself
/// and for all of its paths. So no page of a sibling host can replace it (RFC 6265bis, section 4.1.3.2).
pub const SESSION_COOKIE: &str = "__Host-belfry_session";

/// The same on this machine, where there is no TLS.
pub const LOCAL_SESSION_COOKIE: &str = "belfry_session";

/// How many cookies of the name are tried. There is more than one only if somebody else has set another one.
const MAX_COOKIES: usize = 4;

/// A request's tokens, by where they were sent. A browser sends a cookie for any page, so the page of such a request must
/// be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The one in the `Authorization` header (RFC 6750, section 2.1).
    Bearer(String),
    /// Those in session cookies, at least one; the one that is valid counts.
    Cookies(Vec<String>),
}

impl Credential {
    /// The tokens of the request. If there is an `Authorization` header of another scheme, the cookie is not used instead.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(authorization) = headers.get(header::AUTHORIZATION) {
            let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
            return scheme.eq_ignore_ascii_case("bearer").then(|| Self::Bearer(token.trim().to_owned()));
        }
        let name = cookie_name(host(headers));
        // Byte by byte, since another application's cookie of the same host may hold anything (RFC 6265, section 5.4).
        let lines = headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
        let values =
            lines.filter_map(|cookie| cookie.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        let tokens = values.take(MAX_COOKIES).filter_map(|value| String::from_utf8(value.to_vec()).ok());
        let tokens: Vec<_> = tokens.collect();
        (!tokens.is_empty()).then_some(Self::Cookies(tokens))
    }

    /// The tokens themselves.
    pub fn tokens(&self) -> &[String] {
        match self {
            Self::Bearer(token) => std::slice::from_ref(token),
            Self::Cookies(tokens) => tokens,
        }
    }
}

/// The host that the request was sent to; empty if it names none.
pub fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// The session cookie's name at that host. Browsers set the host themselves, so no page can choose the name.
pub fn cookie_name(host: &str) -> &'static str {
    if is_this_machine(host) { LOCAL_SESSION_COOKIE } else { SESSION_COOKIE }
}

/// Whether the host, with or without a port, is this machine. Everything else is reached over https.
pub fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&'static str, &'static str)]) -> Option<Credential> {
        let local = ("host", "localhost:8080");
        let pairs = headers.iter().chain([&local]).map(|(name, value)| {
            (name.parse().unwrap(), http::HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        Credential::of(&pairs.collect())
    }

    fn cookies(tokens: &[&str]) -> Credential {
        Credential::Cookies(tokens.iter().map(|token| (*token).to_owned()).collect())
    }

    #[test]
    fn the_authorization_header_goes_before_the_cookie() {
        let cookie = ("cookie", "a=b; belfry_session=c; d=e");
        assert_eq!(of(&[cookie]), Some(cookies(&["c"])));
        assert_eq!(of(&[("authorization", "bearer t"), cookie]), Some(Credential::Bearer("t".to_owned())));
        for other in ["Basic dDp0", "t", "Bearer", ""] {
            assert_eq!(of(&[("authorization", other), cookie]), None, "{other}");
        }
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn other_cookies_of_the_host_do_not_matter() {
        for line in ["x=\u{e9}; belfry_session=c", " belfry_session=c ; belfry=e"] {
            assert_eq!(of(&[("cookie", line)]), Some(cookies(&["c"])), "{line}");
        }
        assert_eq!(of(&[("cookie", "xbelfry_session=c; belfry_session2=d")]), None);
    }

    #[test]
    fn of_several_cookies_of_the_name_four_are_taken() {
        let line = "belfry_session=a; belfry_session=b;belfry_session=c; belfry_session=d; belfry_session=e";
        assert_eq!(of(&[("cookie", line)]), Some(cookies(&["a", "b", "c", "d"])));
    }

    #[test]
    fn off_this_machine_only_the_name_that_no_sibling_host_can_set_counts() {
        let both = ("cookie", "belfry_session=tossed; __Host-belfry_session=own");
        for host in ["app.example.com", "localhost.evil.example", "localhost.evil.example:80"] {
            let headers =
                [("host", host), both].map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            assert_eq!(Credential::of(&headers.into_iter().collect()), Some(cookies(&["own"])), "{host}");
        }
        assert_eq!(of(&[both]), Some(cookies(&["tossed"])));
    }
}
