//! The key that callers of this process's loopback ports must name.
//!
//! Every user of a machine can reach its loopback ports, so being reachable there proves nothing. The SDK of this process
//! signs with an access key id that is random for each run; whoever doesn't name it is refused. The signature itself isn't
//! verified: whoever knows the id could sign as well.

use std::sync::LazyLock;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    middleware::Next,
    response::{IntoResponse, Response},
};

static KEY: LazyLock<AccessKey> = LazyLock::new(|| AccessKey(uuid::Uuid::new_v4().simple().to_string()));

/// An access key id of 122 random bits.
pub struct AccessKey(String);

/// The access key of this process, made when it is first asked for.
pub fn access_key() -> &'static AccessKey {
    &KEY
}

impl AccessKey {
    /// The access key id, for `AWS_ACCESS_KEY_ID`; any secret goes with it.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// Whether the `Authorization` header names this key (Signature Version 4: `Credential=ID/…`).
    fn is_named_in(&self, headers: &HeaderMap) -> bool {
        let text = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let credential = text.split_once("Credential=").map_or("", |(_, rest)| rest);
        let id = credential.split('/').next().unwrap_or_default();
        verify_slices_are_equal(id.as_bytes(), self.0.as_bytes()).is_ok()
    }
}

/// A layer that answers 403 to requests that don't name the key of this process.
pub async fn require_access_key(request: Request, next: Next) -> Response {
    if access_key().is_named_in(request.headers()) {
        return next.run(request).await;
    }
    let name = "UnrecognizedClientException";
    let body = format!(
        r#"{{"__type":"com.amazon.coral.service#{name}","message":"The access key id is not the one of this run."}}"#
    );
    (StatusCode::FORBIDDEN, [("x-amzn-errortype", name)], body).into_response()
}
