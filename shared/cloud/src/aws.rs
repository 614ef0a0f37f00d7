//! The connection to AWS that a function opens once, at its start.

use std::{error::Error, iter, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{
    self as dynamodb,
    error::{ProvideErrorMetadata, SdkError},
};

/// How long one attempt may take. Rule 2 of `docs/consistency.md` builds on it: no commit is later than this after
/// its change id was minted, unless somebody saw a timeout.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

/// Clients that share one connection pool.
#[derive(Clone, Debug)]
pub struct Aws {
    config: SdkConfig,
    reads: dynamodb::Client,
    writes: dynamodb::Client,
}

impl Aws {
    /// From the function's environment: region, credentials and, where they are set, `AWS_ENDPOINT_URL` and its
    /// variants for one service.
    pub async fn from_env() -> Self {
        Self::new(aws_config::load_defaults(BehaviorVersion::latest()).await)
    }

    /// From a configuration that is already there.
    pub fn new(config: SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let base = dynamodb::config::Builder::from(&config).timeout_config(timeouts).build();
        let writes = base.to_builder().retry_config(RetryConfig::disabled()).build();
        Self { reads: dynamodb::Client::from_conf(base), writes: dynamodb::Client::from_conf(writes), config }
    }

    /// The configuration that the clients were made from.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// For reads, which the SDK may repeat as it sees fit.
    pub(crate) fn reads(&self) -> dynamodb::Client {
        self.reads.clone()
    }

    /// For writes. The SDK would repeat an attempt with its old change id, so it doesn't repeat these (rule 2).
    pub(crate) fn writes(&self) -> dynamodb::Client {
        self.writes.clone()
    }
}

/// Why a call failed, for operators: the service's error code, else what is known of the connection. The error itself says
/// more, and quotes the answer's body with it.
pub(crate) fn reason<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    if let Some(code) = error.code() {
        return code.to_owned();
    }
    match error {
        SdkError::ConstructionFailure(_) => "the request could not be made".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => failure.as_connector_error().map_or_else(
            || "the request could not be sent".to_owned(),
            |error| format!("the request could not be sent: {}", causes(error)),
        ),
        SdkError::ResponseError(_) => "an answer that can't be read".to_owned(),
        _ => match error.raw_response() {
            Some(answer) => format!("status {}", answer.status().as_u16()),
            None => "unknown".to_owned(),
        },
    }
}

fn causes(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |&error| error.source()).map(ToString::to_string);
    causes.collect::<Vec<_>>().join(": ")
}
