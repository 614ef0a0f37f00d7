//! Logs: one JSON object a line, to standard output, where Lambda picks them up.
//!
//! Nothing personal goes into a log line: no user id, no content, no token.

use tracing_subscriber::EnvFilter;

/// Starts logging at the level of `AWS_LAMBDA_LOG_LEVEL` or `RUST_LOG`, by default `info`.
pub fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG"));
    let filter =
        EnvFilter::try_new(level.as_deref().unwrap_or("info")).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_current_span(true)
        .with_span_list(false)
        .init();
}
