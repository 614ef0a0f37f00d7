//! The REST API: everything below `/api/`.

mod caller;
mod current_user;
mod error;
mod health;
mod notifications;
mod query;
mod session;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Method, header},
    routing::{get, post},
};
use belfry_cloud::{
    Authenticator, Aws, ConfigError, Directory, Environment, Inbox, Origins, auth::TokenSettings,
};
use tower_http::{cors::CorsLayer, normalize_path::NormalizePath};

pub use error::ApiError;
pub use session::session_cookie;

/// Larger bodies are refused with 413. The largest notification, written in ASCII with escapes, takes 150 KB.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of users and credentials.
    pub directory_table: String,
    /// Whose tokens are accepted.
    pub tokens: TokenSettings,
    /// Which pages may call.
    pub origins: Origins,
    /// How long a notification is kept, in days.
    pub retention_days: u16,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            inbox_table: environment.text("INBOX_TABLE"),
            directory_table: environment.text("DIRECTORY_TABLE"),
            tokens: TokenSettings::read(&mut environment),
            origins: Origins::parse(&environment.text("ALLOWED_ORIGINS")),
            retention_days: environment.parse_or("RETENTION_DAYS", 90),
        };
        environment.finish(settings)
    }
}

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Api {
    inbox: Inbox,
    authenticator: Authenticator,
    origins: Origins,
}

/// The function's service. Paths work with and without their trailing slash.
pub type Service = NormalizePath<Router>;

/// The REST API over these tables.
pub fn service(aws: &Aws, settings: Settings) -> Service {
    let cors = cors(&settings.origins);
    let api = Arc::new(Api {
        inbox: Inbox::new(aws, settings.inbox_table, settings.retention_days),
        authenticator: Authenticator::new(settings.tokens, Directory::new(aws, settings.directory_table)),
        origins: settings.origins,
    });
    let router = Router::new()
        .route("/api/notifications", get(notifications::list).post(notifications::create))
        .route("/api/notifications/mark_all_read", post(notifications::mark_all_read))
        .route("/api/notifications/unread", get(notifications::list_unread))
        .route("/api/notifications/unread_count", get(notifications::unread_count))
        .route("/api/notifications/{id}", get(notifications::get).delete(notifications::delete))
        .route("/api/notifications/{id}/mark_as_read", post(notifications::mark_as_read))
        .route("/api/user/current", get(current_user::get))
        .route("/api/session", post(session::create).delete(session::delete))
        .route("/api/health", get(health::get))
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(axum::middleware::from_fn(error::render_problem))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(cors)
        .with_state(api);
    NormalizePath::trim_trailing_slash(router)
}

/// Browsers on the allowed origins may call with credentials (Fetch Standard, section 3.3).
fn cors(origins: &Origins) -> CorsLayer {
    let origins: Vec<_> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            error::X_REQUESTED_WITH,
        ])
        .max_age(Duration::from_mins(10))
}
