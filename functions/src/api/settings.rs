//! The settings of the function.

use belfry_cloud::{
    ConfigError, Environment, Origins, auth::TokenSettings, directory::BurstSettings, telemetry::Metrics,
};
use belfry_domain::Retention;

use super::rate_limit::Rates;

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of users and credentials.
    pub directory_table: String,
    /// The table of open sockets.
    pub connections_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
    /// The queue of those who work on broadcasts.
    pub broadcast_queue: String,
    /// Whose tokens are accepted.
    pub tokens: TokenSettings,
    /// Which pages may call.
    pub origins: Origins,
    /// How long notifications are kept.
    pub retention: Retention,
    /// When alerts fold.
    pub storm: BurstSettings,
    /// How often one caller may call one instance of the function.
    pub rates: Rates,
    /// How long a page that polls is asked to wait between two requests.
    pub poll_interval_seconds: u32,
    /// Where the function's metrics go.
    pub metrics: Metrics,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            inbox_table: environment.text("INBOX_TABLE"),
            directory_table: environment.text("DIRECTORY_TABLE"),
            connections_table: environment.text("CONNECTIONS_TABLE"),
            websocket_endpoint: environment.text("WEBSOCKET_ENDPOINT"),
            broadcast_queue: environment.text("BROADCAST_QUEUE_URL"),
            tokens: TokenSettings::read(&mut environment).with_sources(&mut environment),
            origins: Origins::parse(&environment.text("ALLOWED_ORIGINS")),
            retention: environment.retention(),
            storm: BurstSettings::read(&mut environment),
            rates: Rates::read(&mut environment),
            poll_interval_seconds: environment.parse_or("POLL_INTERVAL_SECONDS", 30),
            metrics: Metrics::from_env(&mut environment),
        };
        environment.finish(settings)
    }
}
