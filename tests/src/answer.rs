//! What the REST API answered.

use reqwest::header::{CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use serde_json::Value;

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body as JSON, null where it is empty; the test fails unless the status is this one.
    #[track_caller]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of an error; the test fails unless it is a whole problem (RFC 9457) with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.ok(status);
        assert_eq!(self.header(CONTENT_TYPE.as_str()), "application/problem+json", "{self:?}");
        assert_eq!(problem["status"], status, "{self:?}");
        assert_eq!(problem["code"], code, "{self:?}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{self:?}");
        for field in ["type", "title", "detail", "request_id"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {self:?}");
        }
        if status == 401 {
            assert!(self.header(WWW_AUTHENTICATE.as_str()).starts_with("Bearer"), "{self:?}");
        }
        problem
    }

    /// A header's text, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Everything that the answer says, headers and body.
    pub fn whole(&self) -> String {
        format!("{:?}\n{}", self.headers, self.text)
    }

    /// Everything by which a caller can distinguish two answers, except what differs between requests anyway.
    #[track_caller]
    pub fn fingerprint(&self) -> String {
        let request_id = self.header("x-request-id");
        assert!(!request_id.is_empty(), "{self:?}");
        let differing = ["apigw-requestid", "date", "ratelimit", "x-request-id"];
        let headers = self.headers.iter().filter(|(name, _)| !differing.contains(&name.as_str()));
        let mut lines: Vec<_> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
        lines.sort_unstable();
        format!("{}\n{}\n\n{}", self.status, lines.join("\n"), self.text.replace(request_id, "…"))
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("no JSON, {error}: {self:?}"))
    }
}
