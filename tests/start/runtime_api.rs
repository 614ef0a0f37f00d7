//! Lambda's Runtime API, as much of it as a function needs, and the endpoint that it posts its frames to.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderName, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, watch},
};

/// How long a function may take before the measurement is given up.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a function does, when.
#[derive(Debug)]
pub(crate) enum Step {
    /// It asks for an event.
    Next(Instant),
    /// It has answered one.
    Answered(Instant, bool),
}

#[derive(Clone)]
struct Shared {
    event: String,
    steps: mpsc::UnboundedSender<Step>,
    /// How many events may be handed out.
    allowed: watch::Receiver<usize>,
}

/// One that serves one function after another.
pub(crate) struct RuntimeApi {
    address: String,
    steps: Mutex<mpsc::UnboundedReceiver<Step>>,
    allowed: watch::Sender<usize>,
}

impl RuntimeApi {
    /// Hands that event out whenever it is told to.
    pub(crate) async fn serve(event: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (steps, received) = mpsc::unbounded_channel();
        let (allow, allowed) = watch::channel(0);
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/@connections/{id}", post(|| async { StatusCode::OK }))
            .with_state(Shared { event, steps, allowed });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, steps: Mutex::new(received), allowed: allow }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Lets one more event out.
    pub(crate) fn allow(&self) {
        self.allowed.send_modify(|allowed| *allowed += 1);
    }

    /// What the function does next.
    pub(crate) async fn step(&self) -> Step {
        let step = tokio::time::timeout(DEADLINE, async { self.steps.lock().await.recv().await });
        step.await.expect("the function does nothing").expect("the server is there")
    }
}

async fn next(State(mut shared): State<Shared>) -> impl IntoResponse {
    let before = *shared.allowed.borrow_and_update();
    let _ = shared.steps.send(Step::Next(Instant::now()));
    let _ = shared.allowed.wait_for(|allowed| *allowed > before).await;
    let header = |name: &'static str, value: &str| (HeaderName::from_static(name), value.to_owned());
    let headers = [
        header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        header("lambda-runtime-deadline-ms", "4102444800000"),
        header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:123456789012:function:measured",
        ),
    ];
    (headers, shared.event)
}

async fn response(State(shared): State<Shared>, _answer: Bytes) -> StatusCode {
    let _ = shared.steps.send(Step::Answered(Instant::now(), true));
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Shared>, answer: Bytes) -> StatusCode {
    eprintln!("{}", String::from_utf8_lossy(&answer));
    let _ = shared.steps.send(Step::Answered(Instant::now(), false));
    StatusCode::ACCEPTED
}
