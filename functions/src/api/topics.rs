//! `/api/topics/{topic}/subscription/`: what the caller wants to hear of.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
};
use belfry_domain::text::Topic;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, ApiError, access::SignedIn};

/// The topic in the path. One that can't be has no address.
pub(super) struct Named(Topic);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
        text.try_into().map(Self).map_err(|_| ApiError::NotFound)
    }
}

/// Whether the caller hears of a topic.
#[derive(Serialize, ToSchema)]
pub(super) struct Subscription {
    topic: Topic,
    is_subscribed: bool,
}

/// Returns whether the caller has subscribed to a topic.
#[utoipa::path(
    get,
    path = "/api/topics/{topic}/subscription/",
    operation_id = "getSubscription",
    tag = "topics",
    params(("topic" = Topic, Path, description = "The topic.")),
    responses(
        (status = 200, description = "Whether they have.", body = Subscription),
        (status = 404, description = "No topic can have that name."),
    ),
)]
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Named(topic): Named,
) -> Result<Json<Subscription>, ApiError> {
    let is_subscribed = api.directory.is_subscribed(&caller.user, &topic).await?;
    Ok(Json(Subscription { topic, is_subscribed }))
}

/// Subscribes the caller to a topic: whatever is sent to it from now on reaches them. Again is no error. A topic is public:
/// every signed-in user may subscribe to it, and a user may have 100 topics.
#[utoipa::path(
    put,
    path = "/api/topics/{topic}/subscription/",
    operation_id = "subscribe",
    tag = "topics",
    params(("topic" = Topic, Path, description = "The topic.")),
    responses(
        (status = 204, description = "Subscribed."),
        (status = 404, description = "No topic can have that name."),
        (status = 409, description = "`too_many_topics`: the caller has subscribed to 100 others."),
    ),
)]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Named(topic): Named,
) -> Result<StatusCode, ApiError> {
    if !api.directory.subscribe(&caller.user, &topic).await? {
        return Err(ApiError::TooManyTopics);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the caller's subscription to a topic. Again is no error.
#[utoipa::path(
    delete,
    path = "/api/topics/{topic}/subscription/",
    operation_id = "unsubscribe",
    tag = "topics",
    params(("topic" = Topic, Path, description = "The topic.")),
    responses(
        (status = 204, description = "Not subscribed."),
        (status = 404, description = "No topic can have that name."),
    ),
)]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
    Named(topic): Named,
) -> Result<StatusCode, ApiError> {
    api.directory.unsubscribe(&caller.user, &topic).await?;
    Ok(StatusCode::NO_CONTENT)
}
