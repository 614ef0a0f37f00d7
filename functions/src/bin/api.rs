//! The Lambda function of the REST API.

use belfry_cloud::{Aws, Environment, telemetry};
use belfry_functions::api::{self, Settings};
use lambda_http::{Error, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    telemetry::init();
    let aws = Aws::from_env().await;
    run(api::service(&aws, Settings::from_env(Environment::of_process())?)).await
}
