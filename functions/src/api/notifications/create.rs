//! Sending: to one user, or to many at once.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use belfry_cloud::{
    Caller, Inbox, StoreError, clock,
    directory::{Claim, IdempotencyKey},
    telemetry::Metric,
};
use belfry_domain::{
    CreateRequest, Draft, Notification, NotificationId, NotificationView, Recipients, Watermarks,
    body::FieldError,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::request_bodies::CreateBody;

use super::super::{
    Api, ApiError,
    access::{self, Sender},
    broadcasts::{self, BroadcastView},
    error::Created,
    invocation::Invocation,
    request_body::RequestBody,
};

/// The caller's own name for the request: however often it is sent, it is carried out once.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Set where the request had been sent before.
pub(crate) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What one call created, in the order of its `users`.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedMany {
    results: Vec<Created>,
}

/// The answer to one user's notification, or to many users'.
#[derive(ToSchema)]
#[schema(as = CreateAnswer)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only documents")]
pub(crate) enum CreateAnswer<'a> {
    One(NotificationView<'a>),
    Many(CreatedMany),
}

/// Sends a notification: to one user, by `user`, or to up to 100, by `users`. It is stored when this answers, and is
/// pushed to every connection of its owner from there. To more users, to a `role`, to a `topic` or to everyone, it is a
/// broadcast, which notifies them one after another.
#[utoipa::path(
    post,
    path = "/api/notifications/",
    operation_id = "createNotification",
    tag = "sending",
    params(("Idempotency-Key" = Option<String>, Header, nullable = false, min_length = 1, max_length = 255,
        pattern = r"^[!-+\x2d-~]([ -+\x2d-~]*[!-+\x2d-~])?$",
        description = "The sender's own name for the request, remembered for 24 hours: sent again with the same body, it \
            is answered as the first time. Without commas: API Gateway joins two headers of one name by one.")),
    request_body = CreateBody,
    responses(
        (status = 201, description = "Stored: the notification, or, for `users`, the id of each.", body = CreateAnswer,
            headers(("Location", description = "Of the notification, for its owner."),
                ("Idempotent-Replayed", description = "`true` where the key had been used with this body before."))),
        (status = 202, description = "Written down: a broadcast that is being told.", body = BroadcastView,
            headers(("Location", description = "Of the broadcast, for its sender."),
                ("Idempotent-Replayed", description = "`true` where the key had been used with this body before."))),
        (status = 422, description = "The `Idempotency-Key` was used with another body."),
    ),
)]
pub(crate) async fn create(
    State(api): State<Arc<Api>>,
    Sender(caller): Sender,
    Invocation { request_id, trace }: Invocation,
    headers: HeaderMap,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let request = CreateRequest::parse(&body)?;
    if matches!(request.recipients, Recipients::Audience(_)) {
        // Before the key is claimed, so that a refused request can be sent again with the same key.
        access::count_request(&api, &caller, api.rates.shared_audiences()).await?;
    }
    let claimed = claim(&api, &caller, &headers, &request).await?;
    let inbox = api.inbox.traced(trace);
    let replayed = claimed.is_some_and(|claimed| claimed.replayed);
    let count = |created| {
        if !replayed {
            api.metrics.send(&request_id, &[Metric::count("NotificationsCreated", created)]);
        }
    };
    let mut response = match (&request.recipients, claimed) {
        (Recipients::User(_), claimed) => {
            let response = one(&inbox, request.drafts().remove(0), claimed).await?;
            count(1);
            response
        }
        (Recipients::Users(_), claimed) => {
            let outcomes = to_many(&inbox, request.drafts(), claimed).await;
            count(outcomes.iter().filter(|outcome| outcome.is_ok()).count());
            many(outcomes)?
        }
        (Recipients::Audience(audience), claimed) => {
            let id = claimed.map_or_else(clock::mint_notification, |claimed| claimed.id);
            if !api.broadcasts.create(id, &caller.user, audience, &request.content).await? {
                return Err(ApiError::Conflict(
                    "This Idempotency-Key already created a different broadcast.",
                ));
            }
            broadcasts::accepted(&api, id).await?
        }
    };
    if replayed {
        response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Under which id a request creates, and whether it had been sent before.
#[derive(Clone, Copy)]
struct ClaimedId {
    id: NotificationId,
    replayed: bool,
}

/// Written first: whoever asks again by the same key learns under which name the first one created.
async fn claim(
    api: &Api,
    caller: &Caller,
    headers: &HeaderMap,
    request: &CreateRequest,
) -> Result<Option<ClaimedId>, ApiError> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    if keys.next().is_some() {
        return Err(ApiError::InvalidHeader(IDEMPOTENCY_KEY, "is given more than once".to_owned()));
    }
    let key = IdempotencyKey::try_from(key.as_bytes())
        .map_err(|error| ApiError::InvalidHeader(IDEMPOTENCY_KEY, error.to_string()))?;
    // The request as it was understood: two spellings of one request are one request.
    let body = serde_json::to_vec(request).map_err(|_| ApiError::Internal)?;
    match api.directory.claim(&caller.user, &key, &body).await? {
        Claim::First(id) => Ok(Some(ClaimedId { id, replayed: false })),
        Claim::Replay(id) => Ok(Some(ClaimedId { id, replayed: true })),
        Claim::OtherBody => Err(ApiError::IdempotencyKeyReused),
    }
}

async fn one(inbox: &Inbox, draft: Draft, claimed: Option<ClaimedId>) -> Result<Response, ApiError> {
    let notification = match claimed {
        // The answer shows the notification as it was created, also to a repeated request, whatever was done with it
        // since.
        Some(ClaimedId { id, .. }) => {
            let mut created = inbox.create_as(id, draft).await?;
            created.state.changed = id.into();
            created
        }
        None => inbox.create(draft).await?,
    };
    let location = [(header::LOCATION, format!("/api/notifications/{}/", notification.id))];
    Ok((StatusCode::CREATED, location, Json(notification.view(&Watermarks::default()))).into_response())
}

/// What became of each, in their order.
async fn to_many(
    inbox: &Inbox,
    drafts: Vec<Draft>,
    claimed: Option<ClaimedId>,
) -> Vec<Result<Notification, StoreError>> {
    let Some(ClaimedId { id, .. }) = claimed else { return inbox.create_many(drafts).await };
    let with_ids = drafts.into_iter().map(|draft| (id.derive_for_user(&draft.user), draft));
    inbox.create_many_as(with_ids.collect()).await
}

/// Every id where all are stored; otherwise which of them are, and which users' aren't, or may not be.
fn many(outcomes: Vec<Result<Notification, StoreError>>) -> Result<Response, ApiError> {
    let (mut results, mut failed, mut last) = (Vec::new(), Vec::new(), None);
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(Notification { user, id, .. }) => results.push(Created { user, id }),
            Err(error) => {
                let detail = match error {
                    StoreError::InboxFull(_) => "was not stored: this inbox is full",
                    _ => "was not stored, or it isn't known",
                };
                let detail = detail.to_owned();
                failed.push(FieldError { pointer: format!("/users/{index}"), detail });
                last = Some(error);
            }
        }
    }
    match last {
        None => Ok((StatusCode::CREATED, Json(CreatedMany { results })).into_response()),
        Some(error) => {
            tracing::error!(%error, failed = failed.len(), "failed to store some of the notifications");
            Err(ApiError::PartlyCreated { failed, created: results })
        }
    }
}
