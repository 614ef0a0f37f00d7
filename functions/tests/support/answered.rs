//! Reading what the API answers.

use serde_json::Value;

/// What the API answered: a response of the HTTP API's payload 2.0.
#[derive(Debug)]
pub(crate) struct Answered(pub(crate) Value);

impl Answered {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0["headers"][name].as_str()
    }

    pub(crate) fn text(&self) -> &str {
        self.0["body"].as_str().unwrap_or_default()
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(self.text()).unwrap()
    }

    /// The machine-readable name of the problem.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        self.body()["code"].as_str().unwrap().to_owned()
    }
}
