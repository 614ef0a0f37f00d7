//! One function: started again and again, and invoked.

use std::{
    fmt, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use belfry_dynamo::access_key;

use crate::{
    INVOCATIONS, STARTS,
    runtime_api::{RuntimeApi, Step},
};

/// Where it is, and what it is told.
pub(crate) struct Function {
    pub(crate) bootstrap: PathBuf,
    pub(crate) runtime_api: String,
    pub(crate) dynamodb: String,
    pub(crate) issuer: String,
}

/// What was measured, over all starts.
pub(crate) struct Measured {
    init: Duration,
    first: Duration,
    warm: Duration,
    peak_kib: u64,
    bytes: u64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1_000.0);
        let mib = |bytes: u64| format!("{}.{} MiB", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20);
        let [init, first, warm] = [self.init, self.first, self.warm].map(millis);
        write!(f, "{init} | {first} | {warm} | {} | {}", mib(self.peak_kib << 10), mib(self.bytes))
    }
}

impl Function {
    pub(crate) async fn measure(&self, api: &RuntimeApi) -> Measured {
        let (mut inits, mut firsts, mut warms, mut peak_kib) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..STARTS {
            let began = Instant::now();
            let process = Process(self.command().spawn().expect("a function to start"));
            inits.push(ready(api).await - began);
            firsts.push(invoke(api).await);
            for _ in 1..INVOCATIONS {
                warms.push(invoke(api).await);
            }
            peak_kib = peak_kib.max(process.peak_kib());
        }
        let bytes = fs::metadata(&self.bootstrap).expect("a size").len();
        Measured { init: median(inits), first: median(firsts), warm: median(warms), peak_kib, bytes }
    }

    fn command(&self) -> Command {
        self.told(Command::new(&self.bootstrap))
    }

    /// The command with the environment of the function, and its output thrown away.
    pub(crate) fn told(&self, mut command: Command) -> Command {
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).envs([
            ("AWS_LAMBDA_RUNTIME_API", self.runtime_api.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/measured"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "measured"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", access_key().id()),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &self.dynamodb),
            ("WEBSOCKET_ENDPOINT", &format!("http://{}", self.runtime_api)),
            ("BROADCAST_QUEUE_URL", &format!("http://{}/queue", self.runtime_api)),
            ("DEAD_LETTER_QUEUE_URL", &format!("http://{}/queue", self.runtime_api)),
            ("INBOX_TABLE", "InboxTable"),
            ("CONNECTIONS_TABLE", "ConnectionsTable"),
            ("DIRECTORY_TABLE", "DirectoryTable"),
            ("OIDC_ISSUER", &self.issuer),
            ("OIDC_AUDIENCE", "belfry"),
            ("ALLOWED_ORIGINS", "https://app.example.com"),
        ]);
        command
    }
}

/// When the function asks for its first event.
pub(crate) async fn ready(api: &RuntimeApi) -> Instant {
    match api.step().await {
        Step::Next(at) => at,
        Step::Answered(..) => panic!("an answer before an event"),
    }
}

/// How long the function took for one event.
async fn invoke(api: &RuntimeApi) -> Duration {
    let began = Instant::now();
    api.allow();
    let took = match api.step().await {
        Step::Answered(at, true) => at - began,
        other => panic!("no answer: {other:?}"),
    };
    ready(api).await;
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Ends when it goes out of scope.
struct Process(Child);

impl Process {
    /// `VmHWM` (Linux, proc(5)).
    fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("Linux");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
        peak.and_then(|peak| peak.parse().ok()).expect("a number")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
