//! Posting frames to open sockets through API Gateway's management API.

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
};

use crate::aws::{Aws, reason};

/// Backpressure: one attempt may take this long, and there are two. The frames of a slower connection are dropped; its client
/// gets the changes by a resume.
const POST_TIMEOUT: Duration = Duration::from_secs(1);
const POST_ATTEMPTS: u32 = 2;

/// The ceiling of the first wait after "too many requests", and the one after which a frame is given up: it doubles each
/// time, and the wait is anywhere below.
const THROTTLED_MILLIS: u64 = 50;
const MAX_THROTTLED_MILLIS: u64 = 1_600;

/// Why a frame was not posted.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// The socket is closed, or its `$connect` hasn't returned yet: API Gateway answers 410 to both.
    #[error("the connection is gone")]
    Gone,
    /// Too many frames at once, for this socket or for the account.
    #[error("throttled")]
    Throttled,
    /// Anything else: forbidden, no answer.
    #[error("the frame was not posted: {0}")]
    Failed(String),
}

/// The `@connections` endpoint of one WebSocket stage.
#[derive(Clone, Debug)]
pub struct ManagementApi {
    client: Client,
}

impl ManagementApi {
    /// The endpoint at `url`, such as `https://{api}.execute-api.{region}.amazonaws.com/{stage}`.
    pub fn new(aws: &Aws, url: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(POST_TIMEOUT).build();
        let retries = RetryConfig::standard()
            .with_max_attempts(POST_ATTEMPTS)
            .with_initial_backoff(Duration::from_millis(THROTTLED_MILLIS));
        let config =
            Builder::from(aws.config()).endpoint_url(url).timeout_config(timeouts).retry_config(retries);
        Self { client: Client::from_conf(config.build()) }
    }

    /// Closes one socket; tries again as [`Self::post`] does.
    pub async fn close(&self, connection: &str) -> Result<(), ManagementError> {
        let close = self.client.delete_connection().connection_id(connection);
        while_throttled(|| close.clone().send()).await
    }

    /// Posts one frame to one socket, again and again for some seconds while there are too many at once. Success means
    /// that API Gateway took it, not that anybody saw it.
    pub async fn post(&self, connection: &str, frame: &str) -> Result<(), ManagementError> {
        let post = self.client.post_to_connection().connection_id(connection).data(Blob::new(frame));
        while_throttled(|| post.clone().send()).await
    }
}

/// Attempts it again while there are too many at once.
async fn while_throttled<T, E, F>(mut attempt: impl FnMut() -> F) -> Result<(), ManagementError>
where
    E: Into<ManagementError>,
    F: Future<Output = Result<T, E>>,
{
    let mut ceiling = THROTTLED_MILLIS;
    loop {
        let answered = attempt().await.map(drop).map_err(Into::into);
        if !matches!(answered, Err(ManagementError::Throttled)) || ceiling > MAX_THROTTLED_MILLIS {
            return answered;
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=ceiling))).await;
        ceiling *= 2;
    }
}

impl<E: ProvideErrorMetadata + std::error::Error + 'static> From<SdkError<E>> for ManagementError {
    fn from(error: SdkError<E>) -> Self {
        match error.raw_response().map(|raw| raw.status().as_u16()) {
            Some(410) => Self::Gone,
            Some(429) => Self::Throttled,
            _ => Self::Failed(reason(&error)),
        }
    }
}
