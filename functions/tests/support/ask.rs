//! Asking the API in a few words.

use serde_json::Value;

use super::{
    answered::Answered,
    sample::{request, with_body},
    world::World,
};

impl World {
    /// A look, by the bearer of the token.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Answered {
        self.api(request("GET", path, token)).await
    }

    /// A `POST` without a body.
    pub(crate) async fn post(&self, path: &str, token: &str) -> Answered {
        self.api(request("POST", path, token)).await
    }

    /// A request with a body.
    pub(crate) async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answered {
        self.api(with_body(request(method, path, token), body)).await
    }
}
