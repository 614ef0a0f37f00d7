//! The invocation that a request came by.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
};
use belfry_cloud::telemetry::Trace;
use lambda_http::{Context, RequestExt};

/// What Lambda says of the invocation.
pub(crate) struct Invocation {
    /// Its id, in every log line, and in every answer.
    pub(super) request_id: String,
    /// The trace that X-Ray records it in, if it does.
    pub(super) trace: Option<Trace>,
}

impl Invocation {
    pub(super) fn of(request: &Request) -> Self {
        Self::from_context(request.lambda_context_ref())
    }

    fn from_context(context: Option<&Context>) -> Self {
        Self {
            request_id: context.map(|context| context.request_id.clone()).unwrap_or_default(),
            trace: context.and_then(|context| Trace::sampled(context.xray_trace_id.as_deref()?)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Invocation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::from_context(parts.lambda_context_ref()))
    }
}
