//! What AWS charges in us-east-1, on demand, in dollars; where each is said is in `docs/cost.md`.

use crate::{spent::Spent, template::Template};

/// For a million.
const WRITE_UNITS: f64 = 0.625;
const READ_UNITS: f64 = 0.125;
const HTTP_REQUESTS: f64 = 1.00;
const MESSAGES: f64 = 1.00;
const INVOCATIONS: f64 = 0.20;
const EVENTS: f64 = 1.00;
/// Receiving a message and deleting it.
const QUEUE_REQUESTS: f64 = 2.0 * 0.40;

/// For a gigabyte of memory, a second, on arm64.
const GB_SECOND: f64 = 0.000_013_333_4;

/// How long an invocation is taken to run. It is assumed, not counted: a hundred milliseconds more of 512 MB would cost
/// $0.67 a million.
const SECONDS: f64 = 0.010;

/// For a gigabyte of log.
const LOG_GB: f64 = 0.50;

/// How many bytes of access log one request writes, and of metrics a create and a fan-out to one socket.
const ACCESS_BYTES: u32 = 400;
pub(crate) const CREATE_METRIC_BYTES: u32 = 350;
pub(crate) const PUSH_METRIC_BYTES: u32 = 550;

/// What sets an operation off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    Http,
    Stream,
    Connect,
    Disconnect,
    Frame,
    Event,
    Queue,
}

impl Trigger {
    /// The functions that run.
    fn bins(self) -> &'static [&'static str] {
        match self {
            Self::Http => &["api"],
            Self::Stream => &["fanout"],
            Self::Connect => &["ws_authorizer", "ws_connect"],
            Self::Disconnect => &["ws_disconnect"],
            Self::Frame => &["ws_default"],
            Self::Event => &["signals"],
            Self::Queue => &["broadcast"],
        }
    }

    /// A million of them at API Gateway, EventBridge or SQS. Opening and closing a socket is no message.
    fn gateway(self) -> f64 {
        match self {
            Self::Http => HTTP_REQUESTS,
            Self::Frame => MESSAGES,
            Self::Event => EVENTS,
            Self::Queue => QUEUE_REQUESTS,
            Self::Stream | Self::Connect | Self::Disconnect => 0.0,
        }
    }

    /// A million of them in the access log.
    pub(crate) fn logs(self) -> f64 {
        if self == Self::Http { log(ACCESS_BYTES) } else { 0.0 }
    }
}

/// A million lines of so many bytes.
pub(crate) fn log(bytes: u32) -> f64 {
    f64::from(bytes) / 1e9 * LOG_GB * 1e6
}

/// A million operations, by whom they are paid to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dollars {
    pub(crate) tables: f64,
    pub(crate) functions: f64,
    pub(crate) gateway: f64,
}

impl Dollars {
    pub(crate) fn of(trigger: Trigger, spent: &Spent) -> Self {
        let reads = spent.read_units + spent.credential_read_units;
        let template = Template::read();
        let function = |bin: &&str| {
            let megabytes = template.function(bin).properties["MemorySize"].as_f64().unwrap();
            INVOCATIONS + megabytes / 1024.0 * SECONDS * GB_SECOND * 1e6
        };
        #[expect(clippy::cast_precision_loss, reason = "few posts")]
        let posts = spent.posts as f64;
        Self {
            tables: spent.write_units * WRITE_UNITS + reads * READ_UNITS,
            functions: trigger.bins().iter().map(function).sum(),
            gateway: trigger.gateway() + posts * MESSAGES,
        }
    }

    pub(crate) fn all(&self) -> f64 {
        self.tables + self.functions + self.gateway
    }
}
