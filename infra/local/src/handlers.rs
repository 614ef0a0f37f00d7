//! The functions of Belfry as the runner calls them: by the JSON of their events, like Lambda does.

use std::sync::Arc;

use belfry_cloud::{Aws, Origins, auth::TokenSettings};
use belfry_dynamo::names;
use belfry_functions::{
    api,
    fanout::{self, Fanout},
    socket::{
        authorizer::{self, Authorizer},
        connect::Connect,
        disconnect::Disconnect,
        frame::FrameHandler,
    },
};
use lambda_http::{Adapter, Service, request::LambdaRequest};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Notify;

/// The audience of the runner's own tokens.
pub(crate) const AUDIENCE: &str = "belfry";

/// How long the runner keeps notifications, in days.
const RETENTION_DAYS: u16 = 90;

/// All functions, ready to be called.
pub(crate) struct Handlers {
    api: api::Service,
    authorizer: Authorizer,
    connect: Connect,
    disconnect: Disconnect,
    frame: FrameHandler,
    fanout: Fanout,
    /// Rung after every call that may have written, so that the stream is read at once.
    pub(crate) written: Arc<Notify>,
}

impl Handlers {
    pub(crate) fn new(aws: &Aws, issuer: &str, port: u16, websocket_endpoint: &str) -> Self {
        let origins =
            Origins::parse(&format!("http://localhost:{port},http://127.0.0.1:{port},http://[::1]:{port}"));
        let tokens = TokenSettings {
            issuer: issuer.to_owned(),
            audience: AUDIENCE.to_owned(),
            role_claim: "role".to_owned(),
        };
        let api = api::Settings {
            inbox_table: names::INBOX.to_owned(),
            directory_table: names::DIRECTORY.to_owned(),
            tokens: tokens.clone(),
            origins: origins.clone(),
            retention_days: RETENTION_DAYS,
        };
        let authorizer =
            authorizer::Settings { directory_table: names::DIRECTORY.to_owned(), tokens, origins };
        let fanout = fanout::Settings {
            inbox_table: names::INBOX.to_owned(),
            connections_table: names::CONNECTIONS.to_owned(),
            websocket_endpoint: websocket_endpoint.to_owned(),
        };
        Self {
            api: api::service(aws, api),
            authorizer: Authorizer::new(aws, authorizer),
            connect: Connect::new(aws, names::CONNECTIONS.to_owned()),
            disconnect: Disconnect::new(aws, names::CONNECTIONS.to_owned()),
            frame: FrameHandler::new(aws, websocket_endpoint.to_owned()),
            fanout: Fanout::new(aws, fanout),
            written: Arc::new(Notify::new()),
        }
    }

    pub(crate) async fn api(&self, event: Value) -> Result<Value, Error> {
        // The adapter itself can't be sent between threads, its future can.
        let response = Adapter::from(self.api.clone()).call(invocation::<LambdaRequest>(event)?);
        let response = response.await?;
        Ok(serde_json::to_value(response)?)
    }

    pub(crate) async fn authorize(&self, event: Value) -> Result<Value, Error> {
        to_json(self.authorizer.handle(invocation(event)?).await)
    }

    pub(crate) async fn connect(&self, event: Value) -> Result<Value, Error> {
        to_json(self.connect.handle(invocation(event)?).await)
    }

    pub(crate) async fn disconnect(&self, event: Value) -> Result<Value, Error> {
        to_json(self.disconnect.handle(invocation(event)?).await)
    }

    pub(crate) async fn frame(&self, event: Value) -> Result<Value, Error> {
        to_json(self.frame.handle(invocation(event)?).await)
    }

    pub(crate) async fn fanout(&self, event: Value) -> Result<Value, Error> {
        to_json(self.fanout.handle(invocation(event)?).await)
    }
}

fn invocation<T: DeserializeOwned>(event: Value) -> Result<LambdaEvent<T>, Error> {
    let mut context = Context::default();
    context.request_id = uuid::Uuid::new_v4().to_string();
    Ok(LambdaEvent::new(serde_json::from_value(event)?, context))
}

fn to_json<T: Serialize>(answer: Result<T, Error>) -> Result<Value, Error> {
    Ok(serde_json::to_value(answer?)?)
}
