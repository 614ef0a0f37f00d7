//! The Lambda function on the event bus.

use belfry_cloud::{Aws, Environment, telemetry};
use belfry_functions::signals::function::{Settings, SignalsFunction};
use lambda_runtime::{Error, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let aws = Aws::from_env().await;
    let handler = SignalsFunction::new(&aws, Settings::from_env(Environment::of_process())?);
    run(service_fn(|event| handler.handle(event))).await
}
