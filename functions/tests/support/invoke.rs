//! Calling the functions, as Lambda does.

use lambda_http::{Adapter, Service, request::LambdaRequest};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{answered::Answered, world::World};

/// The id of every invocation.
pub(crate) const REQUEST_ID: &str = "8b1e6ae0-0000-4000-8000-7465737473aa";

impl World {
    /// The API's answer.
    pub(crate) async fn api(&self, event: Value) -> Answered {
        self.api_traced(event, None).await
    }

    /// The API's answer to a request with that tracing header.
    pub(crate) async fn api_traced(&self, event: Value, header: Option<&str>) -> Answered {
        let mut request = invocation::<LambdaRequest>(event);
        request.context.xray_trace_id = header.map(str::to_owned);
        let response = Adapter::from(self.api.clone()).call(request);
        Answered(serde_json::to_value(response.await.unwrap()).unwrap())
    }

    pub(crate) async fn authorize(&self, event: Value) -> Result<Value, Error> {
        Box::pin(self.authorizer.handle(invocation(event)))
            .await
            .map(|answer| serde_json::to_value(answer).unwrap())
    }

    pub(crate) async fn connect(&self, event: Value) -> Result<i64, Error> {
        Box::pin(self.connect.handle(invocation(event))).await.map(|answer| answer.status_code)
    }

    pub(crate) async fn disconnect(&self, event: Value) -> Result<i64, Error> {
        Box::pin(self.disconnect.handle(invocation(event))).await.map(|answer| answer.status_code)
    }

    pub(crate) async fn frame(&self, event: Value) -> Result<i64, Error> {
        Box::pin(self.frame.handle(invocation(event))).await.map(|answer| answer.status_code)
    }

    /// The sequence numbers that the fan-out reports as failed.
    pub(crate) async fn fanout(&self, event: Value) -> Vec<String> {
        let answer = Box::pin(self.fanout.handle(invocation(event))).await.unwrap();
        let failures = answer.batch_item_failures.into_iter();
        failures.map(|failure| failure.item_identifier.unwrap()).collect()
    }
}

fn invocation<T: DeserializeOwned>(event: Value) -> LambdaEvent<T> {
    let mut context = Context::default();
    REQUEST_ID.clone_into(&mut context.request_id);
    LambdaEvent::new(serde_json::from_value(event).unwrap(), context)
}
