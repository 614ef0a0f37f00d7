//! `/api/notifications/`: the caller's inbox, and sending to others'.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, Path, State, rejection::BytesRejection},
    http::{StatusCode, Uri, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use belfry_cloud::{Listing, Page};
use belfry_domain::{Cursor, Draft, Notification, NotificationId, NotificationView, UserId, Watermarks};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Api, ApiError,
    caller::{Sender, SignedIn},
    query::{self, ListQuery},
};
use belfry_domain::ChangeId;

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
    let cursor = cursor(&query, Listing::All, &caller.user)?;
    let (page, marks, newest) = tokio::try_join!(
        api.inbox.list(&caller.user, cursor, query.limit),
        api.inbox.watermarks(&caller.user),
        api.inbox.newest_unread(&caller.user),
    )?;
    Ok(body(
        &page,
        &marks,
        newest.count(&marks),
        &PageLinks { uri, query, listing: Listing::All, user: caller.user },
    ))
}

pub(super) async fn list_unread(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    OriginalUri(uri): OriginalUri,
    query: ListQuery,
) -> Result<Response, ApiError> {
    let cursor = cursor(&query, Listing::Unread, &caller.user)?;
    let marks = api.inbox.watermarks(&caller.user).await?;
    let (page, newest) = tokio::try_join!(
        api.inbox.list_unread(&caller.user, &marks, cursor, query.limit),
        api.inbox.newest_unread(&caller.user),
    )?;
    Ok(body(
        &page,
        &marks,
        newest.count(&marks),
        &PageLinks { uri, query, listing: Listing::Unread, user: caller.user },
    ))
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
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = notification_id(&id)?;
    let (found, marks) =
        tokio::try_join!(api.inbox.get(&caller.user, id), api.inbox.watermarks(&caller.user))?;
    found.map(|notification| shown(&notification, &marks)).ok_or(ApiError::NotFound)
}

pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let deleted = api.inbox.delete(&caller.user, notification_id(&id)?).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}

pub(super) async fn mark_as_read(
    State(api): State<Arc<Api>>,
    SignedIn { caller, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let found = api.inbox.mark_read(&caller.user, notification_id(&id)?).await?;
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
    let (unread, unseen) = tokio::try_join!(
        api.inbox.count_unread(&caller.user, marks.read),
        api.inbox.count_unread(&caller.user, marks.read.max(marks.seen)),
    )?;
    Ok(Json(json!({ "unread_count": unread, "unseen_count": unseen })))
}

/// An id that is none names nothing, like one that is unknown or another user's.
fn notification_id(text: &str) -> Result<NotificationId, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound)
}

fn shown(notification: &Notification, marks: &Watermarks) -> Response {
    Json(notification.view(marks)).into_response()
}

fn cursor(query: &ListQuery, listing: Listing, user: &UserId) -> Result<Option<Cursor>, ApiError> {
    let decode = |text: &String| Cursor::decode(text, listing.name(), user);
    query
        .cursor
        .as_ref()
        .map(decode)
        .transpose()
        .map_err(|error| query::invalid("cursor", &error.to_string()))
}

/// What the addresses of the neighbouring pages are made of.
struct PageLinks {
    uri: Uri,
    query: ListQuery,
    listing: Listing,
    user: UserId,
}

impl PageLinks {
    fn to(&self, cursor: Cursor) -> String {
        let cursor = cursor.encode(self.listing.name(), &self.user);
        format!("{}/?limit={}&cursor={cursor}", self.uri.path().trim_end_matches('/'), self.query.limit)
    }
}

fn body(page: &Page<Notification>, marks: &Watermarks, unread_count: usize, links: &PageLinks) -> Response {
    let body = ListBody {
        results: page.items.iter().map(|notification| notification.view(marks)).collect(),
        next: page.next.map(|cursor| links.to(cursor)),
        previous: page.previous.map(|cursor| links.to(cursor)),
        unread_count,
        read_watermark: marks.read,
        seen_watermark: marks.seen,
    };
    Json(body).into_response()
}
