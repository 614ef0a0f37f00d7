//! `/api/broadcasts/`: which broadcasts there are, how far one is, and changing one's mind about it.

mod list;
mod view;

pub(super) use list::{__path_list, list};
pub(super) use view::BroadcastView;

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use belfry_cloud::{Broadcast, Caller, broadcasts::Stage};
use belfry_domain::{ContentEdit, NotificationId, Permission};

use super::{Api, ApiError, access::Sender, request_body::RequestBody};
use crate::request_bodies::ContentBody;

/// The broadcast in the path, of a caller who asked for it, or an admin. Anybody else's is like one that is unknown.
pub(super) struct Own(Broadcast);

impl FromRequestParts<Arc<Api>> for Own {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, api).await.map_err(|_| ApiError::NotFound)?;
        let Sender(caller) = Sender::from_request_parts(parts, api).await?;
        let id = text.parse().map_err(|_| ApiError::NotFound)?;
        let found = api.broadcasts.get(id).await?;
        found.filter(|broadcast| may_see(&caller, broadcast)).map(Self).ok_or(ApiError::NotFound)
    }
}

fn may_see(caller: &Caller, broadcast: &Broadcast) -> bool {
    broadcast.sender == caller.user || may_see_all(caller)
}

fn may_see_all(caller: &Caller) -> bool {
    caller.may(Permission::UpdateNotifications)
}

/// How far a broadcast is.
#[utoipa::path(
    get,
    path = "/api/broadcasts/{id}/",
    operation_id = "getBroadcast",
    tag = "sending",
    params(("id" = NotificationId, Path, description = "The broadcast's id.")),
    responses(
        (status = 200, description = "The broadcast.", body = BroadcastView),
        (status = 404, description = "The caller has sent no such broadcast."),
    ),
)]
pub(super) async fn get(Own(broadcast): Own) -> Json<BroadcastView> {
    Json(broadcast.into())
}

/// Stops the delivery to further recipients. Those who have the notification keep it; a page of at most 100 that is
/// being delivered is finished. A broadcast that is done stays done.
#[utoipa::path(
    post,
    path = "/api/broadcasts/{id}/cancel/",
    operation_id = "cancelBroadcast",
    tag = "sending",
    params(("id" = NotificationId, Path, description = "The broadcast's id.")),
    responses(
        (status = 200, description = "The broadcast as it then is.", body = BroadcastView),
        (status = 404, description = "The caller has sent no such broadcast."),
    ),
)]
pub(super) async fn cancel(
    State(api): State<Arc<Api>>,
    Own(mut broadcast): Own,
) -> Result<Json<BroadcastView>, ApiError> {
    broadcast.progress = api.broadcasts.cancel(broadcast.id).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(broadcast.into()))
}

/// Changes the content, also for those who have it already: live, and without another ring.
#[utoipa::path(
    patch,
    path = "/api/broadcasts/{id}/",
    operation_id = "updateBroadcast",
    tag = "sending",
    params(("id" = NotificationId, Path, description = "The broadcast's id.")),
    request_body = ContentBody,
    responses(
        (status = 202, description = "The broadcast as it then is: `revising` until everybody has what it says.",
            body = BroadcastView),
        (status = 404, description = "The caller has sent no such broadcast."),
        (status = 409, description = "Somebody else has changed it meanwhile, or it was recalled."),
    ),
)]
pub(super) async fn patch(
    State(api): State<Arc<Api>>,
    Own(broadcast): Own,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let edit = ContentEdit::parse(&body)?;
    if broadcast.progress.stage == Stage::Recalled {
        return Err(ApiError::Conflict("A broadcast that was recalled says nothing."));
    }
    let content = edit.applied_to(&broadcast.content).unwrap_or_else(|| broadcast.content.clone());
    if !api.broadcasts.edit(&broadcast, &content).await? {
        return Err(ApiError::Conflict("Somebody else has changed it meanwhile."));
    }
    show_accepted(&api, broadcast.id).await
}

/// Recalls a broadcast: it is deleted on all devices of those who have it, and delivered to nobody else. Repeating it
/// is no error.
#[utoipa::path(
    delete,
    path = "/api/broadcasts/{id}/",
    operation_id = "recallBroadcast",
    tag = "sending",
    params(("id" = NotificationId, Path, description = "The broadcast's id.")),
    responses(
        (status = 202, description = "The broadcast as it then is: `recalling` until nobody has it any more.",
            body = BroadcastView),
        (status = 404, description = "The caller has sent no such broadcast."),
    ),
)]
pub(super) async fn delete(State(api): State<Arc<Api>>, Own(broadcast): Own) -> Result<Response, ApiError> {
    api.broadcasts.recall(broadcast.id).await?;
    show_accepted(&api, broadcast.id).await
}

/// Tries the failed recipients again, and, if the broadcast was edited or recalled, everybody once more. Nobody gets it
/// twice.
#[utoipa::path(
    post,
    path = "/api/broadcasts/{id}/retry/",
    operation_id = "retryBroadcast",
    tag = "sending",
    params(("id" = NotificationId, Path, description = "The broadcast's id.")),
    responses(
        (status = 202, description = "The broadcast as it then is: `running`, `revising` or `recalling` until all are tried.",
            body = BroadcastView),
        (status = 404, description = "The caller has sent no such broadcast."),
        (status = 409, description = "It was cancelled."),
    ),
)]
pub(super) async fn retry(State(api): State<Arc<Api>>, Own(broadcast): Own) -> Result<Response, ApiError> {
    let progress = api.broadcasts.retry(broadcast.id).await?.ok_or(ApiError::NotFound)?;
    if progress.stage == Stage::Cancelled {
        return Err(ApiError::Conflict("A cancelled broadcast can't be retried."));
    }
    show_accepted(&api, broadcast.id).await
}

async fn show_accepted(api: &Api, id: NotificationId) -> Result<Response, ApiError> {
    let broadcast = api.broadcasts.get(id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, Json(BroadcastView::from(broadcast))).into_response())
}

/// The answer to a request that creates a broadcast.
pub(super) async fn accepted(api: &Api, id: NotificationId) -> Result<Response, ApiError> {
    let mut response = show_accepted(api, id).await?;
    if let Ok(location) = format!("/api/broadcasts/{id}/").parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
