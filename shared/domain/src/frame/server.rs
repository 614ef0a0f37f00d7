//! What the server says.

use serde::Serialize;

use super::{MAX_FRAME_BYTES, NotificationFrame};
use crate::{
    id::{ChangeId, NotificationId, UserId},
    notification::Notification,
    state::{State, Status},
    timestamp::Timestamp,
    watermark::Watermarks,
};

/// A frame of the server's. Every `unread_count` is a hint, counted to [`COUNT_CAP`](super::COUNT_CAP).
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the protocol's, described there once")]
pub enum ServerFrame<'a> {
    /// The answer to a ping.
    Pong,
    /// A new notification.
    Notification(Box<NotificationFrame<'a>>),
    /// A notification that says something else now: no reason to ring.
    NotificationUpdated(Box<NotificationFrame<'a>>),
    /// What the owner did with a notification, on this device or another.
    NotificationState {
        notification_id: NotificationId,
        changed: ChangeId,
        is_read: bool,
        seen_at: Option<Timestamp>,
        read_at: Option<Timestamp>,
        archived_at: Option<Timestamp>,
        snoozed_until: Option<Timestamp>,
        deleted: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        unread_count: Option<usize>,
    },
    /// The answer to a hello: where the inbox stands.
    Welcome(Welcome<'a>),
    /// A part of what changed since the client's cursor.
    Sync(Sync<'a>),
    /// Everything up to this change is read.
    ReadAll {
        up_to: ChangeId,
        #[serde(skip_serializing_if = "Option::is_none")]
        unread_count: Option<usize>,
    },
    /// Everything up to this change has been seen.
    SeenAll {
        up_to: ChangeId,
        #[serde(skip_serializing_if = "Option::is_none")]
        unseen_count: Option<usize>,
    },
    /// The server is about to close this socket: come back, if at all, after that time.
    Reconnect { after_ms: u32 },
    /// The last frame of this client was not understood.
    Error { code: &'static str, detail: String },
}

/// Where an inbox stands, and how the client should behave.
#[derive(Clone, Debug, Serialize)]
pub struct Welcome<'a> {
    /// Whose inbox it is.
    pub user: &'a UserId,
    /// Unread notifications, counted to 100.
    pub unread_count: usize,
    /// Those of them that weren't seen.
    pub unseen_count: usize,
    /// Unread items at or below it are read.
    pub read_watermark: Option<ChangeId>,
    /// Items at or below it have been seen.
    pub seen_watermark: Option<ChangeId>,
    /// Where to resume from after the next break.
    pub cursor: &'a str,
    /// Seconds of silence after which to say hello again.
    pub ping_interval_s: u32,
    /// How to come back after a break.
    pub reconnect: Reconnect,
    /// Seconds after which the server's side ends the socket.
    pub max_age_s: u32,
}

/// The ceilings of the backoff, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reconnect {
    /// Of the first wait.
    pub min_ms: u32,
    /// Of the longest.
    pub max_ms: u32,
}

/// A part of what changed.
#[derive(Clone, Debug, Serialize)]
pub struct Sync<'a> {
    /// Whole notifications with their state, and the states of what was deleted.
    pub changes: Vec<ServerFrame<'a>>,
    /// Where to resume from once all parts are there.
    pub cursor: &'a str,
    /// Whether another part follows.
    pub more: bool,
    /// False: too much has changed, or too long ago; load the list again.
    pub recovered: bool,
}

impl<'a> ServerFrame<'a> {
    /// The frame that rings a new notification.
    pub fn ring(notification: &'a Notification, marks: &Watermarks, unread_count: Option<usize>) -> Self {
        Self::Notification(Box::new(NotificationFrame::of(notification, marks, unread_count)))
    }

    /// The frame with the new content of a notification.
    pub fn updated(notification: &'a Notification, marks: &Watermarks, unread_count: Option<usize>) -> Self {
        Self::NotificationUpdated(Box::new(NotificationFrame::of(notification, marks, unread_count)))
    }

    /// The frame with the state of a notification, for every device of its owner.
    pub fn state(notification: &Notification, marks: &Watermarks, unread_count: Option<usize>) -> Self {
        let view = notification.view(marks);
        Self::NotificationState {
            notification_id: view.id,
            changed: view.changed,
            is_read: view.is_read,
            seen_at: view.seen_at,
            read_at: view.read_at,
            archived_at: view.archived_at,
            snoozed_until: view.snoozed_until,
            deleted: notification.state.status == Status::Deleted,
            unread_count,
        }
    }

    /// The frame that takes a notification off every device.
    pub fn deleted(notification_id: NotificationId, state: State, unread_count: Option<usize>) -> Self {
        Self::NotificationState {
            notification_id,
            changed: state.changed,
            is_read: true,
            seen_at: None,
            read_at: None,
            archived_at: None,
            snoozed_until: None,
            deleted: true,
            unread_count,
        }
    }

    /// The frame as text, at most [`MAX_FRAME_BYTES`] long: the message of a notification is shortened where need be.
    pub fn into_text(mut self) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(&self)?;
        let excess = text.len().saturating_sub(MAX_FRAME_BYTES);
        match &mut self {
            Self::Notification(frame) | Self::NotificationUpdated(frame) if excess > 0 => {
                frame.shorten(excess)?;
                serde_json::to_string(&self)
            }
            _ => Ok(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::draft::CreateRequest;

    fn notification(message: &str) -> Notification {
        let body = json!({
            "user": "ana", "title": "\"".repeat(200), "message": message,
            "notification_type": "info", "redirect_url": format!("/{}", "x".repeat(2047)),
            "data": { "k": "\\".repeat(4000) },
        });
        let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
        let changed = ChangeId::last_of(Timestamp::from_millis(1_795_362_142_070));
        Notification {
            id: changed.to_string().parse().unwrap(),
            user: draft.user,
            content: draft.content,
            state: State { status: Status::Unread, changed },
            read_at: None,
            archived_at: None,
            snoozed_until: None,
            expires_at: Timestamp::from_millis(1_803_138_142_000),
            count: 1,
        }
    }

    fn text(message: &str) -> String {
        ServerFrame::ring(&notification(message), &Watermarks::default(), Some(3)).into_text().unwrap()
    }

    #[test]
    fn a_frame_of_exactly_the_limit_is_whole_and_one_byte_more_is_shortened() {
        let room = MAX_FRAME_BYTES - text("x").len() + 1;
        assert!(room < 40_000, "the message can fill the frame");
        // Three-byte characters, topped up to the byte; the message's own limit is 10,000 characters.
        let fill = |bytes: usize| format!("{}{}", "€".repeat(bytes / 3), "x".repeat(bytes % 3));
        let whole = text(&fill(room));
        assert_eq!(whole.len(), MAX_FRAME_BYTES);
        assert!(!whole.contains("truncated"));
        let shortened = text(&fill(room + 1));
        assert!(shortened.len() <= MAX_FRAME_BYTES && shortened.len() > MAX_FRAME_BYTES - 64);
        assert_eq!(serde_json::from_str::<Value>(&shortened).unwrap()["truncated"], true);
    }

    #[test]
    fn escapes_and_wide_characters_are_counted_as_they_are_sent() {
        for filler in ["\n", "\t", "\"", "🔔", "\\", "a"] {
            let text = text(&format!("x{}", filler.repeat(9_999)));
            assert!(text.len() <= MAX_FRAME_BYTES, "{filler}: {}", text.len());
            serde_json::from_str::<Value>(&text).unwrap();
        }
    }

    #[test]
    fn the_original_client_finds_its_fields() {
        let frame: Value = serde_json::from_str(&text("Hello")).unwrap();
        assert_eq!(frame["type"], "notification");
        assert_eq!(frame["created_at"], "2026-11-22T15:42:22.070Z");
        for field in ["notification_id", "title", "message", "notification_type", "is_read", "redirect_url"] {
            assert!(frame.get(field).is_some(), "{field}");
        }
        assert_eq!(serde_json::to_value(ServerFrame::Pong).unwrap(), json!({ "type": "pong" }));
    }
}
