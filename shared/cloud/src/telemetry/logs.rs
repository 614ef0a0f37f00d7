//! Logs: one flat JSON object a line, to standard output, where Lambda picks them up. The runtime's span around each
//! invocation gives every line its `requestId`; the spans of the handlers add the hash of the user, where there is one.

use std::{io, str::FromStr};

use json_subscriber::JsonLayer;
use serde_json::Value;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Registry,
    filter::Targets,
    fmt::{MakeWriter, time::SystemTime},
    layer::{Layer, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::Environment;

/// Where the runtime opens the span that carries the request's id.
const SPAN_OF_INVOCATION: &str = "lambda_runtime::layers::trace";

/// Starts logging at the level of `AWS_LAMBDA_LOG_LEVEL` or `RUST_LOG`, by default `info`.
pub fn init() {
    let mut environment = Environment::of_process();
    let level = match environment.text_or("AWS_LAMBDA_LOG_LEVEL", "") {
        level if level.is_empty() => environment.text_or("RUST_LOG", ""),
        level => level,
    };
    let function = environment.text_or("AWS_LAMBDA_FUNCTION_NAME", "");
    subscriber(&level, &function, io::stdout).init();
}

/// What [`init`] starts, with the lines of that function going to `writer`.
pub fn subscriber<W>(level: &str, function: &str, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let mut lines = JsonLayer::<Registry, _>::new(writer);
    lines.with_timer("timestamp", SystemTime);
    lines.with_level("level").with_target("target");
    lines.with_flattened_event().with_top_level_flattened_span_list();
    lines.add_static_field("function", Value::from(function));
    tracing_subscriber::registry().with(lines.with_filter(filter(level)))
}

/// The level is that of Belfry's own lines. Others say no more than `info`, whatever it is: below that the runtime logs
/// whole events, and the SDK whole requests, with everything personal in them.
fn filter(level: &str) -> Targets {
    let level = match level {
        // Lambda's name for what is worse than an error.
        "FATAL" => LevelFilter::ERROR,
        // Parsed, it would be an error's.
        "" => LevelFilter::INFO,
        level => LevelFilter::from_str(level).unwrap_or(LevelFilter::INFO),
    };
    Targets::new()
        .with_default(level.min(LevelFilter::INFO))
        .with_target("belfry", level)
        .with_target(SPAN_OF_INVOCATION, LevelFilter::INFO)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn others_say_no_more_than_info_and_the_span_of_the_invocation_is_always_there() {
        for (level, ours, others) in [
            ("TRACE", Level::TRACE, Level::INFO),
            ("debug", Level::DEBUG, Level::INFO),
            ("", Level::INFO, Level::INFO),
            ("what", Level::INFO, Level::INFO),
            ("WARN", Level::WARN, Level::WARN),
            ("FATAL", Level::ERROR, Level::ERROR),
        ] {
            let filter = filter(level);
            for asked in [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR] {
                for target in ["belfry_cloud::push", "belfry_functions::api"] {
                    assert_eq!(
                        filter.would_enable(target, &asked),
                        asked <= ours,
                        "{level} {target} {asked}"
                    );
                }
                for target in ["lambda_runtime::layers::api_response", "aws_smithy_runtime", "hyper"] {
                    assert_eq!(
                        filter.would_enable(target, &asked),
                        asked <= others,
                        "{level} {target} {asked}"
                    );
                }
            }
            assert!(filter.would_enable(SPAN_OF_INVOCATION, &Level::INFO), "{level}");
        }
    }
}
