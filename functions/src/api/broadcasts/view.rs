//! A broadcast as its sender sees it.

use belfry_cloud::{
    Broadcast,
    broadcasts::{Addressees, Stage},
};
use belfry_domain::{
    Audience, NotificationId, NotificationType, Role, Timestamp, UserId,
    text::{Data, Label, Message, RedirectUrl, Title, Topic},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a broadcast stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// Recipients are being notified.
    Running,
    /// All recipients were notified.
    Done,
    /// The new content is being delivered to those who have the old one.
    Revising,
    /// Nobody else will be notified.
    Cancelled,
    /// It is being deleted for those who have it.
    Recalling,
    /// Nobody has it any more.
    Recalled,
}

/// The audience: a role, a topic, everyone, or the number of listed users.
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
pub(crate) struct BroadcastView {
    /// Its id. It was asked for at its time.
    broadcast_id: NotificationId,
    status: Status,
    /// How many recipients it has so far: those who were notified, and those who failed.
    recipients: u32,
    /// How many of them failed, because the table refuses their notification. `retry/` tries them again.
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
        let up_to_date = !progress.is_revising();
        let status = match progress.stage {
            Stage::Delivered if up_to_date && progress.is_retrying() => Status::Running,
            Stage::Delivering => Status::Running,
            Stage::Recalled if up_to_date => Status::Recalled,
            Stage::Recalled => Status::Recalling,
            Stage::Delivered | Stage::Cancelled if !up_to_date => Status::Revising,
            Stage::Delivered => Status::Done,
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
