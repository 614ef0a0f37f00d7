//! The OpenAPI document: the routes' own descriptions, and what is the same for all of them.

use std::{collections::HashSet, sync::Arc};

use axum::{Extension, Json};
use belfry_domain::{
    ChangeId, NotificationId, NotificationType, Timestamp, UserId,
    text::{Data, Label, Message, RedirectUrl, Title, Topic},
};
use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, Header, HeaderBuilder, Info, LicenseBuilder, Object, ObjectBuilder, OpenApi, Ref,
        RefOr, Response, ResponseBuilder, Server, Type,
        path::{Operation, Parameter, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::error::Problem;
use crate::credential::SESSION_COOKIE;

/// This document.
#[utoipa::path(
    get,
    path = "/api/schema/",
    operation_id = "getSchema",
    tag = "service",
    security(()),
    responses((status = 200, description = "An OpenAPI document.", body = Object)),
)]
pub(super) async fn get(Extension(document): Extension<Arc<OpenApi>>) -> Json<OpenApi> {
    Json(OpenApi::clone(&document))
}

macro_rules! create_body {
    ($(#[$meta:meta])* $name:ident, $(#[$recipient_meta:meta])* $recipient:ident: $type:ty) => {
        $(#[$meta])*
        #[derive(ToSchema)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "it only documents what the domain parses")]
        pub(crate) struct $name {
            $(#[$recipient_meta])*
            $recipient: $type,
            title: Title,
            message: Message,
            notification_type: NotificationType,
            /// By default the type's.
            category: Option<Label>,
            /// The type of the object it is about.
            related_object_type: Option<Label>,
            /// That object's id.
            related_object_id: Option<Label>,
            redirect_url: Option<RedirectUrl>,
            data: Option<Data>,
        }
    };
}

create_body! {
    /// A notification for one user.
    CreateForUser, user: UserId
}

create_body! {
    /// The same notification for many users.
    CreateForUsers, #[schema(min_items = 1, max_items = 5_000)] users: HashSet<UserId>
}

create_body! {
    /// The same notification for every active user of a role.
    CreateForRole, role: Label
}

create_body! {
    /// The same notification for everybody who has subscribed to a topic.
    CreateForTopic, topic: Topic
}

create_body! {
    /// The same notification for every active user.
    CreateForEveryone, #[schema(schema_with = only_true)] everyone: bool
}

fn only_true() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build()
}

/// What is to be sent, and to whom.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(crate) enum CreateBody {
    /// To one user.
    User(CreateForUser),
    /// To up to 5,000 users, each named once; more than 100 are a broadcast.
    Users(CreateForUsers),
    /// To a role.
    Role(CreateForRole),
    /// To a topic.
    Topic(CreateForTopic),
    /// To everyone.
    Everyone(CreateForEveryone),
}

/// What is to be said instead.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(super) struct ContentBody {
    #[schema(nullable = false)]
    title: Option<Title>,
    #[schema(nullable = false)]
    message: Option<Message>,
    #[schema(nullable = false)]
    notification_type: Option<NotificationType>,
    /// Null: the type's.
    category: Option<Label>,
    related_object_type: Option<Label>,
    related_object_id: Option<Label>,
    redirect_url: Option<RedirectUrl>,
    data: Option<Data>,
}

/// What is to be changed. What nobody changes may be sent back as it is.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(super) struct EditBody {
    /// Only admins.
    #[schema(nullable = false)]
    title: Option<Title>,
    /// Only admins.
    #[schema(nullable = false)]
    message: Option<Message>,
    /// Only admins.
    #[schema(nullable = false)]
    notification_type: Option<NotificationType>,
    /// Only admins. Null: the type's.
    category: Option<Label>,
    /// Only admins.
    related_object_type: Option<Label>,
    /// Only admins.
    related_object_id: Option<Label>,
    /// Only admins.
    redirect_url: Option<RedirectUrl>,
    /// Only admins.
    data: Option<Data>,
    #[schema(nullable = false)]
    is_read: Option<bool>,
    #[schema(nullable = false)]
    archived: Option<bool>,
    /// Null wakes it.
    snoozed_until: Option<Timestamp>,
    #[schema(nullable = false, read_only)]
    id: Option<NotificationId>,
    #[schema(nullable = false, read_only)]
    user: Option<UserId>,
    #[schema(nullable = false, read_only)]
    notification_type_display: Option<String>,
    #[schema(nullable = false, read_only)]
    created_at: Option<Timestamp>,
    #[schema(nullable = false, read_only)]
    updated_at: Option<Timestamp>,
    #[schema(nullable = false, read_only)]
    changed: Option<ChangeId>,
    #[schema(read_only)]
    seen_at: Option<Timestamp>,
    #[schema(read_only)]
    read_at: Option<Timestamp>,
    #[schema(read_only)]
    archived_at: Option<Timestamp>,
    #[schema(nullable = false, read_only)]
    expires_at: Option<Timestamp>,
    #[schema(nullable = false, read_only)]
    count: Option<u32>,
}

/// Until when to snooze.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(super) struct SnoozeBody {
    /// In the future, at most 366 days ahead.
    until: Timestamp,
}

/// How far the list was seen.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(super) struct SeenBody {
    /// The `changed` of the newest notification shown; by default all count.
    up_to: Option<ChangeId>,
}

/// Adds to the routes' own descriptions who may call, and the errors that every route may answer.
pub(super) fn finished(mut document: OpenApi) -> OpenApi {
    let license = LicenseBuilder::new()
        .name(env!("CARGO_PKG_LICENSE"))
        .identifier(Some(env!("CARGO_PKG_LICENSE")))
        .build();
    document.info = Info::builder()
        .title("Belfry")
        .description(Some(
            "A real-time notification inbox. Paths work with and without their trailing slash.",
        ))
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license))
        .build();
    document.servers = Some(vec![Server::new("/")]);
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".to_owned(), <Problem<'_> as utoipa::PartialSchema>::schema());
    let mut referenced = Vec::new();
    <Problem<'_> as ToSchema>::schemas(&mut referenced);
    components.schemas.extend(referenced);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    for item in document.paths.paths.values_mut() {
        item.get.iter_mut().for_each(|operation| finish(operation, false));
        let writes = [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        writes.into_iter().flatten().for_each(|operation| finish(operation, true));
    }
    document
}

fn finish(operation: &mut Operation, writes: bool) {
    let public = operation.security.is_some();
    let takes_body = operation.request_body.is_some();
    // A path's id that is none is answered like one that names nothing.
    let in_path = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path);
    let takes_input = takes_body || !operation.parameters.iter().flatten().all(in_path);
    let errors = [
        ("400", "The input breaks a rule: `errors` names each.", takes_input),
        ("401", "No credential, or one that doesn't count.", !public),
        ("403", "The caller may not do that.", !public),
        ("413", "The body is longer than 256 KB.", takes_body),
        ("429", "The caller is too fast.", !public),
        ("500", "A fault of the service's.", true),
        ("503", "The service can't answer now.", !public),
        ("507", "The inbox has reached DynamoDB's limit of 10 GB.", !public && writes),
    ];
    for (status, description, _) in errors.into_iter().filter(|(_, _, applies)| *applies) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        // Those that a route describes itself are problems, too.
        if status.starts_with(['4', '5']) {
            response.content = problem("").content;
        }
        response.headers.extend(headers(status, public));
    }
    if !public {
        let none: [&str; 0] = [];
        let either = ["bearer", "session"].map(|scheme| SecurityRequirement::new(scheme, none));
        operation.security = Some(either.into());
    }
}

/// What goes with an answer, whatever the route.
fn headers(status: &str, public: bool) -> impl Iterator<Item = (String, RefOr<Header>)> {
    let counted = !public && status != "401";
    let headers = [
        ("X-Request-Id", Type::String, "Names the request in the logs.", true),
        ("RateLimit-Policy", Type::String, "How often the caller may call.", counted),
        ("RateLimit", Type::String, "How often the caller may call now.", counted),
        ("Retry-After", Type::Integer, "Seconds to wait.", status == "429"),
        ("WWW-Authenticate", Type::String, "How to sign in.", status == "401"),
    ];
    headers.into_iter().filter(|(.., applies)| *applies).map(|(name, r#type, description, _)| {
        let schema = Object::with_type(r#type);
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
        (name.to_owned(), header.into())
    })
}

fn problem(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", body).build()
}
