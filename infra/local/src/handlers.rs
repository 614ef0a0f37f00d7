//! The functions of Belfry as the runner calls them: with settings from an environment, by the JSON of their events.

use std::{collections::HashMap, env, fmt::Display};

use belfry_cloud::{Aws, ConfigError, Environment, StoreError};
use belfry_dynamo::names;
use belfry_functions::{
    api,
    broadcast::{self, Worker},
    fanout::{self, Fanout},
    socket::{
        authorizer::{self, Authorizer},
        connect::{self, Connect},
        disconnect::Disconnect,
        frame::{self, FrameHandler},
    },
};
use lambda_http::{Adapter, Service, request::LambdaRequest};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Notify;
use tracing::{Instrument, Span};

use crate::{addresses::Addresses, connections::ANSWERS, oidc::Oidc};

/// Where the queue of broadcasts is on the management port. It is only a part of the queue's URL: SQS requests go to the root.
pub(crate) const BROADCAST_QUEUE_PATH: &str = "/queues/broadcasts";

/// Environment variables that the runner doesn't read, with the options that replace them.
const BY_OPTION: [(&str, &str); 3] =
    [("ALLOWED_ORIGINS", "--origin"), ("OIDC_ISSUER", "--issuer"), ("OIDC_AUDIENCE", "--audience")];

/// Defaults that differ from those on Lambda; the environment can change them. The runner is one instance of each function,
/// where Lambda would start as many as a sender needs.
const DEFAULTS: [(&str, &str); 1] = [("RATE_LIMIT_CREATES", "2000")];

/// All functions, ready to be called.
pub(crate) struct Handlers {
    api: api::Service,
    pub(crate) authorizer: Authorizer,
    pub(crate) connect: Connect,
    pub(crate) disconnect: Disconnect,
    pub(crate) frame: FrameHandler,
    pub(crate) fanout: Fanout,
    pub(crate) broadcast: Worker,
    /// Rung after every call that may have written, so that the stream is read at once.
    pub(crate) written: Notify,
}

impl Handlers {
    pub(crate) fn new(
        aws: &Aws,
        oidc: &Oidc,
        addresses: &Addresses,
        websocket_endpoint: impl Display,
    ) -> Result<Self, ConfigError> {
        let mut variables = HashMap::from([
            ("INBOX_TABLE", names::INBOX.to_owned()),
            ("CONNECTIONS_TABLE", names::CONNECTIONS.to_owned()),
            ("DIRECTORY_TABLE", names::DIRECTORY.to_owned()),
            ("OIDC_ISSUER", oidc.issuer.to_string()),
            ("OIDC_AUDIENCE", oidc.audience.clone()),
            ("ALLOWED_ORIGINS", addresses.allowed_origins()),
            ("WEBSOCKET_ENDPOINT", format!("http://{websocket_endpoint}")),
            ("BROADCAST_QUEUE_URL", format!("http://{websocket_endpoint}{BROADCAST_QUEUE_PATH}")),
        ]);
        variables.extend(oidc.role_claim.clone().map(|claim| ("ROLE_CLAIM", claim)));
        for (variable, option) in BY_OPTION.iter().filter(|(variable, _)| env::var_os(variable).is_some()) {
            tracing::warn!(variable, option, "ignored environment variable: use the option");
        }
        // All other variables of a function, such as STORM_WINDOW_SECONDS, come from the runner's own environment.
        let variable = |name: &str| {
            let default =
                || DEFAULTS.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            variables.get(name).cloned().or_else(|| env::var(name).ok()).or_else(default)
        };
        let environment = || Environment::new(variable);
        let mut frame = frame::Settings::from_env(environment())?;
        frame.websocket_endpoint.push_str(ANSWERS);
        Ok(Self {
            api: api::service(aws, api::Settings::from_env(environment())?),
            authorizer: Authorizer::new(aws, authorizer::Settings::from_env(environment())?),
            connect: Connect::new(aws, connect::Settings::from_env(environment())?),
            disconnect: Disconnect::from_env(aws, environment())?,
            frame: FrameHandler::new(aws, frame),
            fanout: Fanout::new(aws, fanout::Settings::from_env(environment())?),
            broadcast: Worker::new(aws, broadcast::Settings::from_env(environment())?),
            written: Notify::new(),
        })
    }

    /// Goes on with what an earlier run of the runner had not finished.
    pub(crate) async fn resume_broadcasts(&self) -> Result<(), StoreError> {
        self.broadcast.resume().await
    }

    pub(crate) async fn api(&self, event: Value) -> Result<Value, Error> {
        let event = invocation::<LambdaRequest>(event)?;
        let span = span(&event.context);
        // The adapter itself can't be sent between threads, its future can.
        let response = Adapter::from(self.api.clone()).call(event);
        Ok(serde_json::to_value(response.instrument(span).await?)?)
    }
}

/// Calls a function as Lambda does: JSON in, JSON out.
pub(crate) async fn invoke<T, R, F>(
    handle: impl FnOnce(LambdaEvent<T>) -> F,
    event: Value,
) -> Result<Value, Error>
where
    T: DeserializeOwned,
    R: Serialize,
    F: Future<Output = Result<R, Error>>,
{
    let event = invocation(event)?;
    let span = span(&event.context);
    Ok(serde_json::to_value(handle(event).instrument(span).await?)?)
}

/// Names the request in every log line, as Lambda's runtime does.
fn span(context: &Context) -> Span {
    tracing::error_span!("invocation", requestId = context.request_id)
}

fn invocation<T: DeserializeOwned>(event: Value) -> Result<LambdaEvent<T>, Error> {
    let mut context = Context::default();
    context.request_id = uuid::Uuid::new_v4().to_string();
    Ok(LambdaEvent::new(serde_json::from_value(event)?, context))
}
