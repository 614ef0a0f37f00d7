//! The bodies of requests, as the OpenAPI document and the contracts of events describe them. The domain parses them; a test
//! compares the two.

use std::collections::HashSet;

use belfry_domain::{
    ChangeId, NotificationId, NotificationType, Timestamp, UserId,
    text::{Data, Label, Message, RedirectUrl, Title, Topic},
};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

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
pub(crate) struct ContentBody {
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
pub(crate) struct EditBody {
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
pub(crate) struct SnoozeBody {
    /// In the future, at most 366 days ahead.
    until: Timestamp,
}

/// How far the list was seen.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it only documents what the domain parses")]
pub(crate) struct SeenBody {
    /// The `changed` of the newest notification shown; by default all count.
    up_to: Option<ChangeId>,
}
