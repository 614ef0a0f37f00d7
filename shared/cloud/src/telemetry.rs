//! What operators see of a function: log lines, metrics and traces.
//!
//! Nothing personal goes into any of them: no user id, no content, no token.

mod logs;
mod metrics;
mod trace;
mod user_hash;

pub use logs::{init, subscriber};
pub use metrics::{Metric, Metrics};
pub use trace::{Segment, Trace, Tracer};
pub use user_hash::UserHash;
