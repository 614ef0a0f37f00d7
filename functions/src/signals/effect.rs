//! What signals come to.

use belfry_cloud::directory::UserEvent;
use belfry_domain::{
    Content, CreateRequest, Event, NotificationType, RoleType, UserId,
    body::InvalidBody,
    text::{Message, Title, printable},
};

/// One thing that an event does here.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    /// A notification is created.
    Notify(OutgoingNotification),
    /// The directory learns of a user.
    Account(UserId, UserEvent),
    /// What somebody asked for is sent.
    Send(CreateRequest),
}

/// A notification to create.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OutgoingNotification {
    pub(super) to: To,
    pub(super) content: Content,
    /// Alerts of one sender and source with the same type and key, to the same user, repeat each other: see
    /// `docs/signals.md`. None if alerts of this kind never repeat each other.
    pub(super) dedup_key: Option<String>,
}

/// Whom.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum To {
    /// One user.
    User(UserId),
    /// Every active user of that role, one that has a type of its own.
    Role(RoleType),
}

/// The longest that a title and a message may be.
const MAX_TITLE: usize = 200;
const MAX_MESSAGE: usize = 10_000;

/// The text, cut if the event quotes too much, and with a replacement character for each control character.
pub(super) fn content(
    notification_type: NotificationType,
    title: &str,
    message: &str,
) -> Result<Content, InvalidBody> {
    let broken =
        |field: &str, error: &dyn std::fmt::Display| Event::refuse("detail", &format!("{field}: {error}"));
    Ok(Content {
        title: Title::try_from(cut(title, MAX_TITLE)).map_err(|error| broken("title", &error))?,
        message: Message::try_from(printable(&cut(message, MAX_MESSAGE)))
            .map_err(|error| broken("message", &error))?,
        notification_type,
        category: None,
        related_object_type: None,
        related_object_id: None,
        redirect_url: None,
        data: None,
    })
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some(_) => text.chars().take(characters - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}
