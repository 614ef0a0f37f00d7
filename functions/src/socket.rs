//! The WebSocket's routes: `$connect` with its authorizer, `$disconnect`, and `$default` for every frame.

mod access;
pub mod authorizer;
pub mod budget;
pub mod connect;
pub mod disconnect;
pub mod frame;
pub mod hello;

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequestContext};
use belfry_cloud::{auth::TokenHash, telemetry::UserHash};
use belfry_domain::{Timestamp, UserId};
use serde_json::Value;
use tracing::Span;

/// The context keys that the authorizer hands to every later event of the socket.
const USER: &str = "user";
const ROLE: &str = "role";
const TOKEN: &str = "token";
const TOKEN_ISSUED_AT: &str = "token_issued_at";
const TOKEN_EXPIRES_AT: &str = "token_expires_at";

/// Whose socket an event is about, by the authorizer's word.
struct Socket {
    user: UserId,
    connection: String,
    /// When API Gateway took the connection.
    connected_at: Option<Timestamp>,
    /// The hash of the token that it was opened with.
    token: Option<TokenHash>,
    token_issued_at: Option<Timestamp>,
    token_expires_at: Option<Timestamp>,
}

/// An event without an authorizer's context: API Gateway doesn't send one, so the wiring is wrong.
#[derive(Debug, thiserror::Error)]
#[error("the event names no authorized connection")]
struct NotAuthorized;

impl Socket {
    fn of(context: &ApiGatewayWebsocketProxyRequestContext) -> Result<Self, NotAuthorized> {
        let fields = &context.authorizer.fields;
        let user = fields.get(USER).and_then(Value::as_str).and_then(|user| user.to_owned().try_into().ok());
        // API Gateway turns numbers of the context into text.
        let time = |name| {
            let seconds: Option<i64> = match fields.get(name)? {
                Value::String(text) => text.parse().ok(),
                other => other.as_i64(),
            };
            seconds.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000)))
        };
        Ok(Self {
            user: user.ok_or(NotAuthorized)?,
            connection: context.connection_id.clone().ok_or(NotAuthorized)?,
            connected_at: (context.connected_at > 0).then(|| Timestamp::from_millis(context.connected_at)),
            token: fields.get(TOKEN).and_then(Value::as_str).map(|hash| TokenHash::kept(hash.to_owned())),
            token_issued_at: time(TOKEN_ISSUED_AT),
            token_expires_at: time(TOKEN_EXPIRES_AT),
        })
    }

    /// The token that it was opened with, and when that was issued.
    fn opened_with(&self) -> Result<(&TokenHash, Timestamp), NotAuthorized> {
        self.token.as_ref().zip(self.token_issued_at).ok_or(NotAuthorized)
    }

    /// The span of every log line about the connection. It has the level of an error, so that no log level drops it.
    fn span(&self) -> Span {
        tracing::error_span!("socket", user = %UserHash(&self.user), connection = self.connection)
    }
}

fn answer(status_code: i64) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status_code;
    response
}
