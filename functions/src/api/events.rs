//! `POST /api/events/`: domain events, for those who have no event bus.

use std::sync::Arc;

use axum::{Json, extract::State};
use belfry_cloud::{Caller, clock};
use belfry_domain::{Event, EventSender, NotificationId, Permission, Timestamp, text::Label};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, Type, schema::OneOfBuilder},
};

use super::{
    Api, ApiError,
    access::{self, Sender},
    invocation::Invocation,
    request_body::RequestBody,
};
use crate::signals::{Contract, TakeError, UnderstoodEvent, contracts, function::measured};

/// What all events have beside their detail.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
struct Envelope {
    /// The source's own name for it: what has the same id, time and source, and the same sender, is the same event.
    id: Label,
    /// Which service says so. A producer's token may list the sources that it may name.
    source: Label,
    /// What kind of thing happened.
    #[serde(rename = "detail-type")]
    detail_type: Label,
    /// When it happened: at most 5 minutes ahead and 7 days ago.
    time: Timestamp,
    /// What EventBridge adds may stay.
    version: Option<String>,
    account: Option<String>,
    region: Option<String>,
    resources: Option<Vec<String>>,
    #[serde(rename = "replay-name")]
    replay_name: Option<String>,
}

/// A domain event: one of those that `docs/schemas/` describes. [`schemas`] holds its schema.
#[derive(ToSchema)]
pub(super) struct EventBody;

/// The schemas of [`EventBody`] and of every event, under their names in the document. They are large, so they are built
/// with the document instead of with the routes.
pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = Vec::new();
    Envelope::schemas(&mut schemas);
    let mut body = OneOfBuilder::new().description(Some("A domain event of another service."));
    for contract in contracts() {
        let name = event_name(&contract);
        body = body.item(Ref::from_schema_name(&name));
        schemas.extend(contract.components());
        schemas.push((name, event_schema(&contract)));
    }
    schemas.push((EventBody::name().into_owned(), body.into()));
    schemas
}

/// Such as `AIReportGeneratedEvent`.
fn event_name(contract: &Contract) -> String {
    format!("{}Event", contract.detail_type.replace(' ', ""))
}

/// The envelope, with the `source` and the `detail-type` that go with the detail.
fn event_schema(contract: &Contract) -> RefOr<Schema> {
    let envelope = <Envelope as utoipa::PartialSchema>::schema();
    let RefOr::T(Schema::Object(mut event)) = envelope else { return envelope };
    let only = |text| ObjectBuilder::new().schema_type(Type::String).enum_values(Some([text]));
    event.description = None;
    event.properties.insert("detail-type".to_owned(), only(contract.detail_type).into());
    if let Some(source) = contract.source {
        event.properties.insert("source".to_owned(), only(source).into());
    }
    event.properties.insert("detail".to_owned(), Ref::from_schema_name(contract.detail_name()).into());
    event.required.push("detail".to_owned());
    Schema::Object(event).into()
}

/// What an event came to.
#[derive(Serialize, ToSchema)]
pub(super) struct EventTaken {
    /// The notifications that the event became, one for each notified user. The same event gives the same ids.
    notifications: Vec<NotificationId>,
    /// The broadcast to its audience, if it asks for one.
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
    RequestBody(body): RequestBody,
) -> Result<Json<EventTaken>, ApiError> {
    let event = Event::parse(&body, clock::now())?;
    if !caller.may_use_source(event.source.as_str()) {
        return Err(ApiError::Forbidden("A producer sends only events of the sources that its token lists."));
    }
    let event = UnderstoodEvent::of(&event, &sender(&caller))?;
    if event.changes_accounts() && !caller.may(Permission::UpdateDirectory) {
        return Err(ApiError::Forbidden("Only admins say who may do what."));
    }
    if event.creates_broadcast() {
        access::count_request(&api, &caller, api.rates.shared_audiences()).await?;
    }
    let taken = api.signals.take(&caller.user, event).await?;
    api.metrics.send(&request_id, &measured(&taken));
    Ok(Json(EventTaken { notifications: taken.notifications, broadcast_id: taken.broadcast }))
}

/// Admins are trusted like the bus, so that an admin can send again what the bus has given up, as the same event.
fn sender(caller: &Caller) -> EventSender {
    if caller.may(Permission::UpdateDirectory) {
        EventSender::Trusted
    } else {
        EventSender::Caller(caller.user.clone())
    }
}

impl From<TakeError> for ApiError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Store(error) => error.into(),
            TakeError::Invalid(error) => error.into(),
        }
    }
}
