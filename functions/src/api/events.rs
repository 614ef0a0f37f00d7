//! `POST /api/events/`: domain events, for those who have no event bus.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use belfry_cloud::clock;
use belfry_domain::{Event, NotificationId, Permission};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, ApiError, access::Sender, invocation::Invocation, openapi::EventBody};
use crate::signals::{Signalled, function::measured};

/// What an event came to.
#[derive(Serialize, ToSchema)]
pub(super) struct EventTaken {
    /// The notifications that tell of it, one of each user who is told; an event that is sent again has the same.
    notifications: Vec<NotificationId>,
    /// The broadcast that tells its audience, where it asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    broadcast_id: Option<NotificationId>,
}

/// Takes an event in the shape in which EventBridge delivers one. Sent again it does nothing more.
#[utoipa::path(
    post,
    path = "/api/events/",
    operation_id = "sendEvent",
    tag = "sending",
    request_body = EventBody,
    responses((status = 200, description = "What it came to.", body = EventTaken)),
)]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    Sender(caller): Sender,
    Invocation { request_id, .. }: Invocation,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<EventTaken>, ApiError> {
    let event = Event::parse(&body?, clock::now())?;
    let signalled = Signalled::of(&event)?;
    if signalled.changes_accounts() && !caller.may(Permission::UpdateDirectory) {
        return Err(ApiError::Forbidden("Only admins say who may do what."));
    }
    let taken = api.signals.take(&caller.user, signalled).await?;
    api.metrics.send(&request_id, &measured(&taken));
    Ok(Json(EventTaken { notifications: taken.notifications, broadcast_id: taken.broadcast }))
}
