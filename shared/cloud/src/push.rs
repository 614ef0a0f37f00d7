//! Posting frames to open sockets through API Gateway's management API.

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::post_to_connection::PostToConnectionError,
    primitives::Blob,
};

use crate::aws::Aws;

/// One attempt may take this long, and there are two; a socket that is slower learns of it from the inbox.
const POST_TIMEOUT: Duration = Duration::from_secs(1);
const POST_ATTEMPTS: u32 = 2;

/// Why a frame was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The socket is closed, or its `$connect` hasn't returned yet: API Gateway answers 410 to both.
    #[error("the connection is gone")]
    Gone,
    /// Anything else: throttled, forbidden, no answer.
    #[error("the frame was not posted: {0}")]
    Failed(String),
}

/// The `@connections` endpoint of one WebSocket stage.
#[derive(Clone, Debug)]
pub struct Push {
    client: Client,
}

impl Push {
    /// The endpoint at `url`, such as `https://{api}.execute-api.{region}.amazonaws.com/{stage}`.
    pub fn new(aws: &Aws, url: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(POST_TIMEOUT).build();
        let retries = RetryConfig::standard().with_max_attempts(POST_ATTEMPTS);
        let config =
            Builder::from(aws.config()).endpoint_url(url).timeout_config(timeouts).retry_config(retries);
        Self { client: Client::from_conf(config.build()) }
    }

    /// Posts one frame to one socket. Success means that API Gateway took it, not that anybody saw it.
    pub async fn post(&self, connection: &str, frame: &str) -> Result<(), PushError> {
        let post = self.client.post_to_connection().connection_id(connection).data(Blob::new(frame));
        post.send().await.map(drop).map_err(PushError::from)
    }
}

impl From<SdkError<PostToConnectionError>> for PushError {
    fn from(error: SdkError<PostToConnectionError>) -> Self {
        match error.as_service_error() {
            Some(service) if service.is_gone_exception() => Self::Gone,
            Some(service) => Self::Failed(service.code().unwrap_or("unknown").to_owned()),
            None => Self::Failed(DisplayErrorContext(&error).to_string()),
        }
    }
}
