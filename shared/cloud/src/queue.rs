//! A queue of SQS, seen by those who send to it.

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sqs::{Client, config::Builder};

use crate::{
    aws::{ATTEMPT_TIMEOUT, Aws, reason},
    error::StoreError,
};

/// A message was not sent, or it isn't known whether it was.
#[derive(Debug, thiserror::Error)]
#[error("the queue is unavailable: {0}")]
pub struct QueueError(String);

/// One queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at that URL. Its host is also where it is asked: a queue's URL names its endpoint.
    pub fn new(aws: &Aws, url: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
        let url = url.into();
        let mut config =
            Builder::from(aws.config()).timeout_config(timeouts).retry_config(RetryConfig::standard());
        if let Ok(url) = reqwest::Url::parse(&url) {
            config = config.endpoint_url(url.origin().ascii_serialization());
        }
        Self { client: Client::from_conf(config.build()), url }
    }

    /// Sends a message. It may arrive more than once.
    pub async fn send(&self, message: &str) -> Result<(), QueueError> {
        self.send_later(message, 0).await
    }

    /// Sends a message that arrives after that many seconds (at most 900) or later.
    pub async fn send_later(&self, message: &str, seconds: u16) -> Result<(), QueueError> {
        let send = self.client.send_message().queue_url(&self.url).message_body(message);
        let delay = (seconds > 0).then_some(i32::from(seconds));
        send.set_delay_seconds(delay).send().await.map(drop).map_err(|error| QueueError(reason(&error)))
    }
}

impl From<QueueError> for StoreError {
    fn from(QueueError(reason): QueueError) -> Self {
        Self::QueueUnavailable(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_service_that_failed() {
        let error = StoreError::from(QueueError("AccessDenied".to_owned()));
        assert_eq!(error.to_string(), "SQS is unavailable: AccessDenied");
    }
}
