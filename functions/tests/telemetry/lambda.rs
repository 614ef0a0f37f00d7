//! Lambda around one function: its own binary, with the runtime API that it asks for events.

use std::{
    collections::VecDeque,
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use belfry_cloud::clock;
use belfry_dynamo::{access_key, names};
use serde_json::Value;
use tokio::{net::TcpListener, time::sleep};

use crate::support::{
    issuer::AUDIENCE,
    sample::ORIGIN,
    world::{BROADCASTS, World},
};

/// Far longer than a start takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// One event, and what Lambda says with it.
#[derive(Clone)]
pub(crate) struct Invocation {
    pub(crate) request_id: &'static str,
    pub(crate) trace: &'static str,
    pub(crate) event: Value,
}

#[derive(Default)]
struct Shared {
    waiting: VecDeque<Invocation>,
    answered: usize,
}

type Api = Arc<Mutex<Shared>>;

/// Ends its process with itself.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the binary prints over these events at that level, line by line.
pub(crate) async fn lines(world: &World, binary: &str, level: &str, events: Vec<Invocation>) -> Vec<String> {
    let count = events.len();
    let api = Api::new(Mutex::new(Shared { waiting: events.into(), answered: 0 }));
    let address = serve(Arc::clone(&api)).await;
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{:016x}.log", fastrand::u64(..)));
    let mut command = Command::new(binary);
    command.env_clear().envs(environment(world, &address, level)).stdout(File::create(&output).unwrap());
    let function = Function(command.spawn().unwrap());
    let answered = async {
        while api.lock().unwrap().answered < count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, answered).await;
    drop(function);
    let printed = fs::read_to_string(&output).unwrap();
    fs::remove_file(&output).unwrap();
    assert!(in_time.is_ok(), "not every event was answered: {printed}");
    printed.lines().map(str::to_owned).collect()
}

fn environment(world: &World, runtime_api: &str, level: &str) -> Vec<(&'static str, String)> {
    let endpoint = world.direct.config().endpoint_url().unwrap();
    [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", "the-function"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_LEVEL", level),
        ("AWS_XRAY_DAEMON_ADDRESS", &world.daemon.address()),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", access_key().id()),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("INBOX_TABLE", names::INBOX),
        ("CONNECTIONS_TABLE", names::CONNECTIONS),
        ("DIRECTORY_TABLE", names::DIRECTORY),
        ("WEBSOCKET_ENDPOINT", &world.recorder.url),
        ("BROADCAST_QUEUE_URL", &world.queues.url(BROADCASTS)),
        ("ALLOWED_ORIGINS", ORIGIN),
        ("OIDC_ISSUER", &world.issuer.url),
        ("OIDC_AUDIENCE", AUDIENCE),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

async fn serve(api: Api) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let app = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(ended))
        .with_state(api);
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Where no event is left the function waits, as an idle one does.
async fn next(State(api): State<Api>) -> Response {
    let invocation = api.lock().unwrap().waiting.pop_front();
    let Some(Invocation { request_id, trace, event }) = invocation else {
        return std::future::pending().await;
    };
    let deadline = (clock::now().as_millis() + 60_000).to_string();
    let headers = [
        ("lambda-runtime-aws-request-id", request_id),
        ("lambda-runtime-deadline-ms", &deadline),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:the-function",
        ),
        ("lambda-runtime-trace-id", trace),
    ];
    (headers, event.to_string()).into_response()
}

async fn ended(State(api): State<Api>, Path(_): Path<(String, String)>) -> StatusCode {
    api.lock().unwrap().answered += 1;
    StatusCode::ACCEPTED
}
