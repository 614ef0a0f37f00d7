//! One notification: looking at it, changing it, deleting it.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use belfry_cloud::{Caller, clock};
use belfry_domain::{Edit, NotificationId, NotificationView, Permission};

use super::{
    super::{Api, ApiError, access::SignedIn, request_body::RequestBody},
    Id, shown,
};
use crate::request_bodies::EditBody;

/// One notification of the caller's.
#[utoipa::path(
    get,
    path = "/api/notifications/{id}/",
    operation_id = "getNotification",
    tag = "inbox",
    params(("id" = NotificationId, Path, description = "The notification's id.")),
    responses(
        (status = 200, description = "The notification.", body = NotificationView),
        (status = 404, description = "The caller has no such notification."),
    ),
)]
pub(crate) async fn get(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let found = api.inbox.show(&caller.user, id).await?;
    found.map(|(notification, marks)| shown(&notification, &marks)).ok_or(ApiError::NotFound)
}

/// Changes a notification of the caller's: whether it is read or archived, until when it is snoozed, and, for admins, what
/// it says. What is left out, or sent back as it is, stays as it is. One request does one thing with the state.
#[utoipa::path(
    patch,
    path = "/api/notifications/{id}/",
    operation_id = "updateNotification",
    tag = "inbox",
    params(("id" = NotificationId, Path, description = "The notification's id.")),
    request_body = EditBody,
    responses(
        (status = 200, description = "The notification as it then is.", body = NotificationView),
        (status = 404, description = "The caller has no such notification."),
    ),
)]
pub(crate) async fn patch(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Id(id): Id,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    edit(&api, &caller, id, &body).await
}

/// The same as `PATCH`, for clients that send a notification back whole.
#[utoipa::path(
    put,
    path = "/api/notifications/{id}/",
    operation_id = "replaceNotification",
    tag = "inbox",
    params(("id" = NotificationId, Path, description = "The notification's id.")),
    request_body = EditBody,
    responses(
        (status = 200, description = "The notification as it then is.", body = NotificationView),
        (status = 404, description = "The caller has no such notification."),
    ),
)]
pub(crate) async fn put(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Id(id): Id,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    edit(&api, &caller, id, &body).await
}

/// Deletes a notification of the caller's, on all devices. Deleting it again is no error.
#[utoipa::path(
    delete,
    path = "/api/notifications/{id}/",
    operation_id = "deleteNotification",
    tag = "inbox",
    params(("id" = NotificationId, Path, description = "The notification's id.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "The caller has no such notification."),
    ),
)]
pub(crate) async fn delete(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let deleted = api.inbox.delete(&caller.user, id).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}

async fn edit(api: &Api, caller: &Caller, id: NotificationId, body: &[u8]) -> Result<Response, ApiError> {
    let edit = Edit::parse(body)?;
    let revised = api.inbox.revise(&caller.user, id, |found, marks| {
        let revision = edit.of(found, marks, clock::now())?;
        if revision.content.is_some() && !caller.may(Permission::UpdateNotifications) {
            return Err(ApiError::Forbidden("Only admins change what a notification says."));
        }
        Ok(revision)
    });
    revised.await?.map(|(notification, marks)| shown(&notification, &marks)).ok_or(ApiError::NotFound)
}
