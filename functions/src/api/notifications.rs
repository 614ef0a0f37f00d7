//! `/api/notifications/`: the caller's inbox, and sending to others'.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, OriginalUri, Path, State, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
    response::{AppendHeaders, IntoResponse, Response},
};
use belfry_cloud::Listing;
use belfry_domain::{ChangeId, Cursor, Draft, Notification, NotificationId, NotificationView, Watermarks};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Api, ApiError,
    caller::{Sender, SignedIn},
    query::{self, ListQuery},
};

/// One page of a list.
#[derive(Serialize)]
struct ListBody<'a> {
    results: Vec<NotificationView<'a>>,
    next: Option<String>,
    previous: Option<String>,
    unread_count: usize,
    read_watermark: Option<ChangeId>,
    seen_watermark: Option<ChangeId>,
}

pub(super) async fn list(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    OriginalUri(uri): OriginalUri,
    query: ListQuery,
) -> Result<Response, ApiError> {
    let user = &caller.user;
    let listing = query.listing.unwrap_or(Listing::All);
    let decode = |text: &String| Cursor::decode(text, listing.name(), user);
    let cursor = query.cursor.as_ref().map(decode).transpose();
    let cursor = cursor.map_err(|error| query::invalid("cursor", &error.to_string()))?;
    let newest = api.inbox.newest_unread(user);
    let (page, marks, newest) = match listing {
        Listing::All => {
            tokio::try_join!(api.inbox.list(user, cursor, query.limit), api.inbox.watermarks(user), newest)?
        }
        Listing::Unread => {
            let marks = api.inbox.watermarks(user).await?;
            let page = api.inbox.list_unread(user, &marks, cursor, query.limit);
            let (page, newest) = tokio::try_join!(page, newest)?;
            (page, marks, newest)
        }
    };
    let link = |cursor: Cursor| query.link(uri.path(), listing, &cursor.encode(listing.name(), user));
    let body = ListBody {
        results: page.items.iter().map(|notification| notification.view(&marks)).collect(),
        next: page.next.map(link),
        previous: page.previous.map(link),
        unread_count: newest.count(&marks),
        read_watermark: marks.read,
        seen_watermark: marks.seen,
    };
    Ok(Json(body).into_response())
}

/// `GET /api/notifications/unread/`: the list with `status=unread`.
pub(super) async fn list_unread(
    api: State<Arc<Api>>,
    signed_in: SignedIn,
    uri: OriginalUri,
    mut query: ListQuery,
) -> Result<Response, ApiError> {
    if query.listing.replace(Listing::Unread) == Some(Listing::All) {
        return Err(query::invalid("status", "must be unread here"));
    }
    Box::pin(list(api, signed_in, uri, query)).await
}

/// Answers after the commit; a stream carries the news on from there.
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    _: Sender,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let draft = Draft::parse(&body?)?;
    let notification = api.inbox.create(draft).await?;
    let location = AppendHeaders([(header::LOCATION, format!("/api/notifications/{}/", notification.id))]);
    Ok((StatusCode::CREATED, location, shown(&notification, &Watermarks::default())))
}

pub(super) async fn get(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let (found, marks) =
        tokio::try_join!(api.inbox.get(&caller.user, id), api.inbox.watermarks(&caller.user))?;
    found.map(|notification| shown(&notification, &marks)).ok_or(ApiError::NotFound)
}

pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let deleted = api.inbox.delete(&caller.user, id).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}

pub(super) async fn mark_as_read(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let found = api.inbox.mark_read(&caller.user, id).await?;
    found.map(|notification| shown(&notification, &Watermarks::default())).ok_or(ApiError::NotFound)
}

pub(super) async fn mark_all_read(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
) -> Result<Json<Value>, ApiError> {
    let marked = api.inbox.mark_all_read(&caller.user).await?;
    Ok(Json(json!({ "marked_as_read": marked })))
}

pub(super) async fn unread_count(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
) -> Result<Json<Value>, ApiError> {
    let marks = api.inbox.watermarks(&caller.user).await?;
    let unread = api.inbox.count_unread(&caller.user, marks.read).await?;
    let unseen = match marks.seen {
        Some(seen) if marks.seen > marks.read => api.inbox.count_unread(&caller.user, Some(seen)).await?,
        _ => unread,
    };
    Ok(Json(json!({ "unread_count": unread, "unseen_count": unseen })))
}

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
