//! `/api/broadcasts/{id}/`: how far a broadcast is, and changing one's mind about it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use belfry_cloud::{
    Broadcast, Caller,
    broadcasts::{Addressees, Stage},
};
use belfry_domain::{
    Audience, ContentEdit, NotificationId, NotificationType, Permission, Role, Timestamp, UserId,
    text::{Data, Label, Message, RedirectUrl, Title, Topic},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, ApiError, access::Sender, openapi::ContentBody, request_body::RequestBody};

/// Where a broadcast stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// Its recipients are being told.
    Running,
    /// All of them are told.
    Done,
    /// Those who were told are being told what it says now.
    Revising,
    /// Nobody further is told.
    Cancelled,
    /// It is being taken back from those who were told.
    Recalling,
    /// Nobody has it any more.
    Recalled,
}

/// Whom it tells: a role, a topic, everyone, or so many users who were named.
#[derive(Serialize, ToSchema)]
struct AudienceView {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = Label)]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    topic: Option<Topic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    everyone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    users: Option<usize>,
}

/// A broadcast.
#[derive(Serialize, ToSchema)]
#[schema(as = Broadcast)]
pub(super) struct BroadcastView {
    /// Its id. It was asked for at its time.
    broadcast_id: NotificationId,
    status: Status,
    /// How many recipients it has so far: those who are told, but for `failed`.
    recipients: u32,
    /// How many of them can't be told, since the table refuses their notification for good.
    failed: u32,
    created_at: Timestamp,
    /// Who asked for it: a caller, or the source of an event.
    sender: UserId,
    audience: AudienceView,
    title: Title,
    message: Message,
    notification_type: NotificationType,
    #[schema(value_type = Label)]
    category: String,
    #[schema(required)]
    related_object_type: Option<Label>,
    #[schema(required)]
    related_object_id: Option<Label>,
    #[schema(required)]
    redirect_url: Option<RedirectUrl>,
    #[schema(required)]
    data: Option<Data>,
}

impl From<Broadcast> for BroadcastView {
    fn from(broadcast: Broadcast) -> Self {
        let Broadcast { id, sender, audience, content, progress, .. } = broadcast;
        let up_to_date = progress.revised == progress.revision;
        let status = match progress.stage {
            Stage::Telling => Status::Running,
            Stage::Recalled if up_to_date => Status::Recalled,
            Stage::Recalled => Status::Recalling,
            Stage::Told | Stage::Cancelled if !up_to_date => Status::Revising,
            Stage::Told => Status::Done,
            Stage::Cancelled => Status::Cancelled,
        };
        Self {
            broadcast_id: id,
            status,
            recipients: progress.recipients,
            failed: progress.failed,
            created_at: id.timestamp(),
            sender,
            audience: audience.into(),
            category: content.category().to_owned(),
            title: content.title,
            message: content.message,
            notification_type: content.notification_type,
            related_object_type: content.related_object_type,
            related_object_id: content.related_object_id,
            redirect_url: content.redirect_url,
            data: content.data,
        }
    }
}

impl From<Addressees> for AudienceView {
    fn from(addressees: Addressees) -> Self {
        let none = Self { role: None, topic: None, everyone: None, users: None };
        match addressees {
            Addressees::Named(count) => Self { users: Some(count), ..none },
            Addressees::Kind(Audience::Users(users)) => Self { users: Some(users.len()), ..none },
            Addressees::Kind(Audience::Role(role)) => Self { role: Some(role), ..none },
            Addressees::Kind(Audience::Topic(topic)) => Self { topic: Some(topic), ..none },
            Addressees::Kind(Audience::Everyone) => Self { everyone: Some(true), ..none },
        }
    }
}

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
    broadcast.sender == caller.user || caller.may(Permission::UpdateNotifications)
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

/// Tells nobody further. Those who were told keep it; a page of at most 100 that is being told is finished. One that is done
/// stays so.
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

/// Says something else, also to everybody who was told: live, and without another ring.
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
    accepted(&api, broadcast.id).await
}

/// Takes a broadcast back: from everybody who was told, on all their devices, and nobody further is told. Again is no error.
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
    accepted(&api, broadcast.id).await
}

async fn accepted(api: &Api, id: NotificationId) -> Result<Response, ApiError> {
    let broadcast = api.broadcasts.get(id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::ACCEPTED, Json(BroadcastView::from(broadcast))).into_response())
}

/// What a request that opens a broadcast is answered with.
pub(super) async fn opened(api: &Api, id: NotificationId) -> Result<Response, ApiError> {
    let mut response = accepted(api, id).await?;
    if let Ok(location) = format!("/api/broadcasts/{id}/").parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
