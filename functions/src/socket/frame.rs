//! `$default`: every frame that a client sends.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use belfry_cloud::{Aws, ConfigError, Environment, Push, PushError};
use belfry_domain::frame::{ClientFrame, InvalidFrame, ServerFrame};
use lambda_runtime::{Error, LambdaEvent};

use super::{Socket, answer};

/// The function.
#[derive(Debug)]
pub struct FrameHandler {
    push: Push,
}

impl FrameHandler {
    /// Replies through the management endpoint at that URL.
    pub fn new(aws: &Aws, websocket_endpoint: String) -> Self {
        Self { push: Push::new(aws, websocket_endpoint) }
    }

    /// Reads the endpoint from `WEBSOCKET_ENDPOINT`.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        aws: &Aws,
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let endpoint = environment.text("WEBSOCKET_ENDPOINT");
        Ok(Self::new(aws, environment.finish(endpoint)?))
    }

    /// Answers the frame by a frame. Whatever the client sends, its socket lives on.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        let socket = Socket::of(&event.payload.request_context)?;
        let reply = match ClientFrame::parse(event.payload.body.as_deref().unwrap_or_default()) {
            Ok(ClientFrame::Ping) => ServerFrame::Pong,
            Ok(ClientFrame::Hello { .. } | ClientFrame::Seen { .. }) => {
                let invalid = InvalidFrame::UnknownType;
                ServerFrame::Error { code: invalid.code(), detail: invalid.to_string() }
            }
            Err(invalid) => ServerFrame::Error { code: invalid.code(), detail: invalid.to_string() },
        };
        match self.push.post(&socket.connection, &reply.into_text()?).await {
            // A client that has left needs no reply.
            Ok(()) | Err(PushError::Gone) => Ok(answer(200)),
            Err(error) => Err(error.into()),
        }
    }
}
