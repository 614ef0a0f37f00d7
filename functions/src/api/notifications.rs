//! `/api/notifications/`: the caller's inbox, and sending to others'.

pub(super) mod actions;
pub(super) mod create;
pub(super) mod item;
pub(super) mod list;
pub(super) mod unread_seen;

use axum::{
    Json,
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use belfry_domain::{Notification, NotificationId, Watermarks};

use super::ApiError;

/// The id in the path. One that is none names nothing, like one that is unknown or another user's.
pub(super) struct Id(NotificationId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
        text.parse().map(Self).map_err(|_| ApiError::NotFound)
    }
}

fn shown(notification: &Notification, marks: &Watermarks) -> Response {
    Json(notification.view(marks)).into_response()
}
