//! Looking at a list.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_cloud::{
    Caller, Listing,
    inbox::{Selection, View},
};
use belfry_domain::{ChangeId, Cursor, NotificationView};
use headers::{ETag, HeaderMapExt};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::super::{
    Api, ApiError,
    access::SignedIn,
    query::{self, ListQuery, UnreadQuery},
};

/// How many seconds a page that polls should wait before it asks again.
pub(crate) const X_POLL_INTERVAL: HeaderName = HeaderName::from_static("x-poll-interval");

/// Lambda answers with at most 6 MB; API Gateway's envelope escapes some of it once more.
const MAX_ANSWER_BYTES: usize = 2 * 1024 * 1024;

/// One page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationPage)]
pub(crate) struct PageBody<'a> {
    /// The notifications, newest first. A page may be short, or empty, with `next` set.
    results: Vec<NotificationView<'a>>,
    /// Where what is older goes on; null at the end.
    #[schema(required)]
    next: Option<String>,
    /// Where what is newer goes on; null on the first page.
    #[schema(required)]
    previous: Option<String>,
    /// How many notifications of the whole inbox are unread, counted to 100.
    #[schema(maximum = 100)]
    unread_count: usize,
    /// Unread notifications whose `changed` is at or below this are read.
    #[schema(required)]
    read_watermark: Option<ChangeId>,
    /// Notifications whose `changed` is at or below this have been seen.
    #[schema(required)]
    seen_watermark: Option<ChangeId>,
}

/// The caller's notifications, newest first.
#[utoipa::path(
    get,
    path = "/api/notifications/",
    operation_id = "listNotifications",
    tag = "inbox",
    params(ListQuery, ("If-None-Match" = Option<String>, Header, nullable = false,
        description = "ETags of answers that are at hand.")),
    responses(
        (status = 200, description = "One page.", body = PageBody, headers(
            ("ETag", description = "Names this answer; send it back as `If-None-Match`."),
            ("X-Poll-Interval" = u32, description = "Seconds to wait before polling again."),
        )),
        (status = 304, description = "The answer at hand is still right.", headers(
            ("ETag", description = "Names the answer at hand."),
            ("X-Poll-Interval" = u32, description = "Seconds to wait before polling again."),
        )),
    ),
)]
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    query: ListQuery,
) -> Result<Response, ApiError> {
    page(&api, &caller, uri.path(), &headers, &query).await
}

/// The caller's unread notifications: the list with `status=unread`.
#[utoipa::path(
    get,
    path = "/api/notifications/unread/",
    operation_id = "listUnreadNotifications",
    tag = "inbox",
    params(UnreadQuery, ("If-None-Match" = Option<String>, Header, nullable = false,
        description = "ETags of answers that are at hand.")),
    responses(
        (status = 200, description = "One page.", body = PageBody, headers(
            ("ETag", description = "Names this answer; send it back as `If-None-Match`."),
            ("X-Poll-Interval" = u32, description = "Seconds to wait before polling again."),
        )),
        (status = 304, description = "The answer at hand is still right.", headers(
            ("ETag", description = "Names the answer at hand."),
            ("X-Poll-Interval" = u32, description = "Seconds to wait before polling again."),
        )),
    ),
)]
pub(crate) async fn list_unread(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    mut query: ListQuery,
) -> Result<Response, ApiError> {
    match query.listing.replace(Listing::Unread) {
        None | Some(Listing::Unread) => page(&api, &caller, uri.path(), &headers, &query).await,
        Some(_) => Err(query::invalid("status", "must be unread here")),
    }
}

async fn page(
    api: &Api,
    caller: &Caller,
    path: &str,
    headers: &HeaderMap,
    query: &ListQuery,
) -> Result<Response, ApiError> {
    let listing = query.listing.unwrap_or(Listing::All);
    let decode = |text: &String| Cursor::decode(text, listing.name(), &caller.user);
    let cursor = query.cursor.as_ref().map(decode).transpose();
    let mut selection = Selection {
        listing,
        notification_type: query.notification_type,
        cursor: cursor.map_err(|error| query::invalid("cursor", &error.to_string()))?,
        limit: query.limit,
    };
    loop {
        let view = api.inbox.view(&caller.user, &selection).await?;
        let link = |cursor: Cursor| query.link(path, listing, &cursor.encode(listing.name(), &caller.user));
        let body = serde_json::to_vec(&body(&view, link)).map_err(|_| ApiError::Internal)?;
        if body.len() <= MAX_ANSWER_BYTES || selection.limit == 1 {
            return Ok(conditional(headers, body, api.poll_interval_seconds));
        }
        selection.limit /= 2;
    }
}

fn body(view: &View, link: impl Fn(Cursor) -> String) -> PageBody<'_> {
    PageBody {
        results: view.page.items.iter().map(|notification| notification.view(&view.marks)).collect(),
        next: view.page.next.map(&link),
        previous: view.page.previous.map(&link),
        unread_count: view.unread_count,
        read_watermark: view.marks.read,
        seen_watermark: view.marks.seen,
    }
}

/// The answer, or 304 where the caller has it already (RFC 9110, section 13.1.2).
fn conditional(headers: &HeaderMap, body: Vec<u8>, poll_interval_seconds: u32) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(&body)));
    // None of ours holds a comma; the parser of `headers` panics at spaces within a tag where assertions are on.
    let at_hand = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut at_hand = at_hand.flat_map(|line| line.split(',')).map(str::trim);
    let known = at_hand.any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    let etag: Option<ETag> = tag.parse().ok();
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    response.headers_mut().insert(X_POLL_INTERVAL, HeaderValue::from(poll_interval_seconds));
    if let Some(etag) = etag {
        response.headers_mut().typed_insert(etag);
    }
    response
}
