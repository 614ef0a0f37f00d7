//! Calling the functions, as Lambda does.

use std::time::Duration;

use belfry_functions::broadcast::{self, Worker};
use lambda_http::{Adapter, Service, request::LambdaRequest};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    answered::Answered,
    sample::event,
    world::{BROADCASTS, World},
};

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

    /// Takes an event of the bus.
    pub(crate) async fn signal(&self, event: Value) -> Result<(), Error> {
        Box::pin(self.signals.handle(invocation(event))).await
    }

    /// Hands that message to the worker.
    pub(crate) async fn work(&self, message: &str) -> Result<(), Error> {
        Box::pin(self.broadcast.handle(invocation(task(message)))).await
    }

    /// The same, of a worker whose time is up at once.
    pub(crate) async fn work_hurried(&self, message: &str) {
        Box::pin(self.hurried.handle(invocation(task(message)))).await.unwrap();
    }

    /// The same, with a worker that continues for that long.
    pub(crate) async fn work_for(&self, shift: Duration, message: &str) -> Result<(), Error> {
        let worker = Worker::new(&self.aws, broadcast::Settings { shift, ..self.worker.clone() });
        Box::pin(worker.handle(invocation(task(message)))).await
    }

    /// Hands over every message until none is left.
    pub(crate) async fn work_off(&self) {
        loop {
            let messages = self.queues.take(BROADCASTS);
            if messages.is_empty() {
                return;
            }
            for message in messages {
                self.work(&message).await.unwrap();
            }
        }
    }
}

/// A sample of the queue, with that message.
fn task(message: &str) -> Value {
    let mut event = event("broadcast-unknown");
    event["Records"][0]["body"] = json!(message);
    event
}

fn invocation<T: DeserializeOwned>(event: Value) -> LambdaEvent<T> {
    let mut context = Context::default();
    REQUEST_ID.clone_into(&mut context.request_id);
    LambdaEvent::new(serde_json::from_value(event).unwrap(), context)
}
