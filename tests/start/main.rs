//! Measures how the functions start, in a stand-in for Lambda's Runtime API: from exec to the first `/next`, the first and
//! a warm invocation, the peak of resident memory, and the size.
//!
//! `cargo run --release -p belfry-tests --bin start -- DIR` takes what is deployed, `DIR/FUNCTION/bootstrap`, built for this
//! machine. It reports and gates nothing: a timing says as much about the machine as about Belfry. `start gate DIR` holds
//! those that are there to the size and the instructions that they may have; it counts with Valgrind.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what can't be started or read ends the measurement"
)]

mod function;
mod gate;
mod runtime_api;

use std::{path::PathBuf, process::ExitCode};

use belfry_dynamo::Embedded;
use belfry_tests::{Moment, Target};

use function::Function;
use runtime_api::RuntimeApi;

/// How often each function is started, and how often it is then invoked.
const STARTS: usize = 20;
const INVOCATIONS: usize = 20;

/// Each function with the event that it is invoked with.
const FUNCTIONS: [(&str, &str); 8] = [
    ("api", include_str!("../../events/api-list.json")),
    ("ws_authorizer", include_str!("../../events/ws_authorizer-cookie.json")),
    ("ws_connect", include_str!("../../events/ws_connect.json")),
    ("ws_disconnect", include_str!("../../events/ws_disconnect.json")),
    ("ws_default", include_str!("../../events/ws_default-hello.json")),
    ("fanout", include_str!("../../events/fanout-insert.json")),
    ("signals", include_str!("../../events/signals-report-generated.json")),
    ("broadcast", include_str!("../../events/broadcast-unknown.json")),
];

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["gate", folder] => gate::hold(&PathBuf::from(folder)).await,
        [folder] => measure(PathBuf::from(folder)).await,
        _ => {
            eprintln!("Which folder? It must hold FUNCTION/bootstrap for each function.");
            ExitCode::from(2)
        }
    }
}

async fn measure(folder: PathBuf) -> ExitCode {
    let database = Embedded::memory().await.expect("a database");
    let target = Target::start().await;
    let token = target.user().await.token().to_owned();
    println!("| function | exec to first /next, p50 | first invocation | warm, p50 | peak RSS | bootstrap |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for (name, event) in FUNCTIONS {
        let api =
            RuntimeApi::serve(event.replace("<TOKEN>", &token).replace("<TIME>", &Moment::now().to_string()))
                .await;
        let function = Function {
            bootstrap: folder.join(name).join("bootstrap"),
            runtime_api: api.address().to_owned(),
            dynamodb: database.endpoint(),
            issuer: target.url().to_owned(),
        };
        println!("| {name} | {} |", function.measure(&api).await);
    }
    ExitCode::SUCCESS
}
