//! Doing one thing with one notification. Each answers with the notification as it then is: unchanged where the action
//! doesn't lead on from where it is.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use belfry_cloud::{Caller, clock};
use belfry_domain::{
    Action, NotificationId, NotificationView, Timestamp,
    body::{Body, InvalidBody},
    edit,
};

use super::{
    super::{Api, ApiError, access::SignedIn, request_body::RequestBody},
    Id, shown,
};
use crate::request_bodies::SnoozeBody;

macro_rules! action {
    ($(#[doc = $doc:literal])* $name:ident, $id:literal, $path:literal, $action:expr) => {
        $(#[doc = $doc])*
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $id,
            tag = "inbox",
            params(("id" = NotificationId, Path, description = "The notification's id.")),
            responses(
                (status = 200, description = "The notification as it then is.", body = NotificationView),
                (status = 404, description = "The caller has no such notification."),
            ),
        )]
        pub(crate) async fn $name(
            State(api): State<Arc<Api>>,
            SignedIn(caller): SignedIn,
            Id(id): Id,
        ) -> Result<Response, ApiError> {
            act(&api, &caller, id, $action).await
        }
    };
}

action! {
    /// Marks a notification read. One that is archived or snoozed stays so.
    mark_as_read, "markAsRead", "/api/notifications/{id}/mark_as_read/", Action::MarkRead
}

action! {
    /// Marks a notification unread, also after all were marked read. One that is archived or snoozed comes back.
    mark_as_unread, "markAsUnread", "/api/notifications/{id}/mark_as_unread/", Action::MarkUnread
}

action! {
    /// Puts a notification away, read.
    archive, "archive", "/api/notifications/{id}/archive/", Action::Archive
}

action! {
    /// Takes a notification out of the archive, read as it was there.
    unarchive, "unarchive", "/api/notifications/{id}/unarchive/", Action::Unarchive
}

/// Hides a notification until a time, at most 366 days ahead; from then on it is unread again. An archived one stays so.
#[utoipa::path(
    post,
    path = "/api/notifications/{id}/snooze/",
    operation_id = "snooze",
    tag = "inbox",
    params(("id" = NotificationId, Path, description = "The notification's id.")),
    request_body = SnoozeBody,
    responses(
        (status = 200, description = "The notification as it then is.", body = NotificationView),
        (status = 404, description = "The caller has no such notification."),
    ),
)]
pub(crate) async fn snooze(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Id(id): Id,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let mut body = Body::parse(&body)?;
    let until = body.required::<Timestamp>("until");
    let until = body.finish(until)?;
    let action = edit::snooze("until", until, clock::now());
    act(&api, &caller, id, action.map_err(|error| InvalidBody::Fields(vec![error]))?).await
}

async fn act(api: &Api, caller: &Caller, id: NotificationId, action: Action) -> Result<Response, ApiError> {
    let found = api.inbox.act(&caller.user, id, action).await?;
    found.map(|(notification, marks)| shown(&notification, &marks)).ok_or(ApiError::NotFound)
}
