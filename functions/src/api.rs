//! The REST API: everything below `/api/`.

mod access;
mod broadcasts;
mod current_user;
mod error;
mod events;
mod health;
mod invocation;
mod notifications;
mod openapi;
mod query;
mod rate_limit;
mod request_body;
mod session;
mod settings;
mod ticket;
mod topics;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{from_fn, from_fn_with_state},
};
use belfry_cloud::{
    Accounts, Authenticator, Aws, Broadcasts, ConnectionCloser, Connections, Deduplicator, Directory, Inbox,
    ManagementApi, Origins, Queue, telemetry::Metrics,
};
use tower_http::{cors::CorsLayer, normalize_path::NormalizePath};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use query::MAX_PAGE;
pub use rate_limit::Rates;
pub use session::session_cookie;
pub use settings::Settings;

use crate::signals::Signals;
use error::ApiError;
use rate_limit::Limits;

/// Larger bodies are refused with 413. The largest notification, written in ASCII with escapes, takes 150 KB.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Api {
    inbox: Inbox,
    directory: Directory,
    broadcasts: Broadcasts,
    signals: Signals,
    authenticator: Authenticator,
    sockets: ConnectionCloser,
    origins: Origins,
    limits: Limits,
    rates: Rates,
    poll_interval_seconds: u32,
    metrics: Metrics,
}

/// The function's service. Paths work with and without their trailing slash.
pub type Service = NormalizePath<Router>;

/// The REST API over these tables.
pub fn service(aws: &Aws, settings: Settings) -> Service {
    let cors = cors(&settings.origins);
    let directory = Directory::new(aws, settings.directory_table);
    let inbox = Inbox::new(aws, settings.inbox_table, settings.retention);
    let connections = Connections::new(aws, settings.connections_table);
    let sockets = ConnectionCloser::new(connections, ManagementApi::new(aws, settings.websocket_endpoint));
    let queue = Queue::new(aws, settings.broadcast_queue);
    let broadcasts = Broadcasts::new(directory.clone(), settings.retention, queue);
    let api = Arc::new(Api {
        authenticator: Authenticator::new(settings.tokens, directory.clone()),
        signals: Signals::new(
            inbox.clone(),
            directory.clone(),
            Accounts::new(directory.clone(), sockets.clone()),
            Deduplicator::new(inbox.clone(), directory.clone(), settings.storm),
            broadcasts.clone(),
        ),
        inbox,
        sockets,
        broadcasts,
        directory,
        origins: settings.origins,
        limits: Limits::new(settings.rates),
        rates: settings.rates,
        poll_interval_seconds: settings.poll_interval_seconds,
        metrics: settings.metrics,
    });
    let (router, paths) = routes(&api).split_for_parts();
    let router = router
        .layer(Extension(openapi::document(paths)))
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(from_fn(error::render_problem))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(cors)
        .with_state(api);
    NormalizePath::append_trailing_slash(router)
}

/// Every route, by how its caller is let in.
fn routes(api: &Arc<Api>) -> OpenApiRouter<Arc<Api>> {
    let anyone = OpenApiRouter::new().routes(routes!(health::get)).routes(routes!(openapi::get));
    // These only read, so whether the caller still counts may be read beside.
    let beside = OpenApiRouter::new()
        .routes(routes!(notifications::list::list))
        .routes(routes!(notifications::list::list_unread))
        .routes(routes!(notifications::unread_seen::unread_count))
        .routes(routes!(notifications::item::get))
        .route_layer(from_fn_with_state(Arc::clone(api), access::admit_beside));
    let before = OpenApiRouter::new()
        .routes(routes!(notifications::create::create))
        .routes(routes!(events::create))
        .routes(routes!(broadcasts::list))
        .routes(routes!(broadcasts::get, broadcasts::patch, broadcasts::delete))
        .routes(routes!(broadcasts::cancel))
        .routes(routes!(broadcasts::retry))
        .routes(routes!(topics::get, topics::put, topics::delete))
        .routes(routes!(notifications::unread_seen::mark_all_read))
        .routes(routes!(notifications::unread_seen::mark_seen))
        .routes(routes!(notifications::item::put, notifications::item::patch, notifications::item::delete))
        .routes(routes!(notifications::actions::mark_as_read))
        .routes(routes!(notifications::actions::mark_as_unread))
        .routes(routes!(notifications::actions::archive))
        .routes(routes!(notifications::actions::unarchive))
        .routes(routes!(notifications::actions::snooze))
        .routes(routes!(current_user::get))
        .routes(routes!(session::create, session::delete))
        .routes(routes!(ticket::create))
        .route_layer(from_fn_with_state(Arc::clone(api), access::admit_before));
    OpenApiRouter::new().merge(anyone).merge(beside).merge(before)
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
            notifications::create::IDEMPOTENCY_KEY,
            access::X_REQUESTED_WITH,
        ])
        .expose_headers(EXPOSED)
        .max_age(Duration::from_mins(10))
}

/// What pages of other origins may read beside the body.
const EXPOSED: [HeaderName; 8] = [
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    rate_limit::RATE_LIMIT,
    rate_limit::RATE_LIMIT_POLICY,
    notifications::list::X_POLL_INTERVAL,
    notifications::create::IDEMPOTENT_REPLAYED,
    error::X_REQUEST_ID,
];
