//! A whole notification in a frame.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    content::NotificationType,
    id::{ChangeId, NotificationId},
    notification::Notification,
    text::{Data, Label, RedirectUrl, Title},
    timestamp::Timestamp,
    watermark::Watermarks,
};

/// The body of a `notification` frame. The first eight fields are those that the original's client knows.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's, described there once")]
pub struct NotificationFrame<'a> {
    pub notification_id: NotificationId,
    pub title: &'a Title,
    pub message: Cow<'a, str>,
    pub notification_type: NotificationType,
    pub is_read: bool,
    pub created_at: Timestamp,
    pub redirect_url: Option<&'a RedirectUrl>,
    pub changed: ChangeId,
    pub related_object_type: Option<&'a Label>,
    pub related_object_id: Option<&'a Label>,
    pub category: &'a str,
    pub data: Option<&'a Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread_count: Option<usize>,
    /// How many alerts it stands for, where that is more than one.
    #[serde(skip_serializing_if = "is_one")]
    pub count: u32,
    /// The message was shortened to fit a frame; the REST API has all of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl<'a> NotificationFrame<'a> {
    pub(super) fn of(
        notification: &'a Notification,
        marks: &Watermarks,
        unread_count: Option<usize>,
    ) -> Self {
        let view = notification.view(marks);
        Self {
            notification_id: view.id,
            title: view.title,
            message: Cow::Borrowed(view.message.as_str()),
            notification_type: view.notification_type,
            is_read: view.is_read,
            created_at: view.created_at,
            redirect_url: view.redirect_url,
            changed: view.changed,
            related_object_type: view.related_object_type,
            related_object_id: view.related_object_id,
            category: view.category,
            data: view.data,
            seen_at: view.seen_at,
            read_at: view.read_at,
            archived_at: view.archived_at,
            snoozed_until: view.snoozed_until,
            unread_count,
            count: view.count,
            truncated: false,
        }
    }

    /// Takes `excess` bytes of JSON off the message.
    pub(super) fn shorten(&mut self, excess: usize) -> Result<(), serde_json::Error> {
        self.truncated = true;
        let budget = json_length(&self.message)?.saturating_sub(excess + TRUNCATED_FIELD.len());
        self.message = Cow::Owned(shorten(&self.message, budget)?);
        Ok(())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_one(count: &u32) -> bool {
    *count == 1
}

const TRUNCATED_FIELD: &str = r#","truncated":true"#;

fn json_length(text: &str) -> Result<usize, serde_json::Error> {
    serde_json::to_string(text).map(|json| json.len())
}

/// The longest start of `text` that takes at most `budget` bytes as a JSON string, quotes included.
fn shorten(text: &str, budget: usize) -> Result<String, serde_json::Error> {
    let mut length = "\"\"".len();
    let mut end = 0;
    for (index, character) in text.char_indices() {
        length += json_length(character.encode_utf8(&mut [0; 4]))? - "\"\"".len();
        if length > budget {
            break;
        }
        end = index + character.len_utf8();
    }
    Ok(text[..end].to_owned())
}
