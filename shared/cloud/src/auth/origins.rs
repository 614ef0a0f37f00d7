//! The pages that may use a signed-in browser.

/// An allowlist of origins, compared whole: scheme, host and port (RFC 6454, section 5).
#[derive(Clone, Debug, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// From a comma-separated list such as `https://app.example.com,https://admin.example.com`.
    pub fn parse(list: &str) -> Self {
        let origins = list.split(',').map(|origin| origin.trim().trim_end_matches('/').to_ascii_lowercase());
        Self(origins.filter(|origin| !origin.is_empty()).collect())
    }

    /// Whether an `Origin` header names a page of the list.
    pub fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|allowed| origin.eq_ignore_ascii_case(allowed))
    }

    /// The origins, as they were given.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_whole_or_not_at_all() {
        let origins = Origins::parse("https://app.example.com/, http://localhost:8080");
        assert!(origins.allow("https://app.example.com") && origins.allow("http://LOCALHOST:8080"));
        for foreign in [
            "",
            "null",
            "https://app.example.com.evil.example",
            "https://evil.example?https://app.example.com",
            "http://app.example.com",
            "https://app.example.com:444",
            "http://localhost:80801",
            "https://example.com",
        ] {
            assert!(!origins.allow(foreign), "{foreign}");
        }
        assert!(!Origins::parse("").allow(""));
    }
}
