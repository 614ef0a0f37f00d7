//! The whole inbox at once: how much is unread, and marking all of it read or seen.

use std::sync::Arc;

use axum::{Json, extract::State};
use belfry_domain::body::Body;
use serde::Serialize;
use utoipa::ToSchema;

use crate::request_bodies::SeenBody;

use super::super::{Api, ApiError, access::SignedIn, request_body::RequestBody};

/// What an inbox counts, exactly.
#[derive(Serialize, ToSchema)]
pub(crate) struct Counts {
    /// What is unread.
    unread_count: usize,
    /// What of it came after the list was last seen.
    unseen_count: usize,
}

/// What was marked.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarkedRead {
    /// How many notifications were unread until now.
    marked_as_read: usize,
}

/// What was not seen.
#[derive(Serialize, ToSchema)]
pub(crate) struct Unseen {
    /// How many unread notifications came later.
    unseen_count: usize,
}

/// How many of the caller's notifications are unread, and unseen.
#[utoipa::path(
    get,
    path = "/api/notifications/unread_count/",
    operation_id = "countUnread",
    tag = "inbox",
    responses((status = 200, description = "The exact counts.", body = Counts)),
)]
pub(crate) async fn unread_count(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Counts>, ApiError> {
    let counts = api.inbox.counts(&caller.user).await?;
    Ok(Json(Counts { unread_count: counts.unread, unseen_count: counts.unseen }))
}

/// Marks everything read that is in the caller's inbox now.
#[utoipa::path(
    post,
    path = "/api/notifications/mark_all_read/",
    operation_id = "markAllRead",
    tag = "inbox",
    responses((status = 200, description = "All is read.", body = MarkedRead)),
)]
pub(crate) async fn mark_all_read(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
) -> Result<Json<MarkedRead>, ApiError> {
    let marked = api.inbox.mark_all_read(&caller.user).await?;
    Ok(Json(MarkedRead { marked_as_read: marked }))
}

/// Marks as seen what the caller's list shows: everything, or up to a change.
#[utoipa::path(
    post,
    path = "/api/notifications/seen/",
    operation_id = "markSeen",
    tag = "inbox",
    request_body(content = SeenBody, description = "Left out, everything counts as seen."),
    responses((status = 200, description = "What is left to see.", body = Unseen)),
)]
pub(crate) async fn mark_seen(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    RequestBody(body): RequestBody,
) -> Result<Json<Unseen>, ApiError> {
    let up_to = if body.is_empty() {
        None
    } else {
        let mut body = Body::parse(&body)?;
        let up_to = body.optional("up_to");
        body.finish(Some(up_to))?
    };
    let unseen = api.inbox.mark_seen(&caller.user, up_to).await?;
    Ok(Json(Unseen { unseen_count: unseen }))
}
