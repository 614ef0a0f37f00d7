//! A notification as it is stored, and as its owner is shown it.

use serde::Serialize;

use crate::{
    content::{Content, NotificationType},
    id::{ChangeId, NotificationId, UserId},
    state::{Letter, State},
    text::{Data, Label, Message, RedirectUrl, Title},
    timestamp::Timestamp,
    watermark::Watermarks,
};

/// One notification in one inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Names it; its time is when it was created.
    pub id: NotificationId,
    /// Whose it is. Never changes.
    pub user: UserId,
    /// What the sender said.
    pub content: Content,
    /// What the owner did with it last, and which change that was.
    pub state: State,
    /// When it was read one by one.
    pub read_at: Option<Timestamp>,
    /// From when on it is gone, however late the table's TTL deletes it.
    pub expires_at: Timestamp,
}

impl Notification {
    /// How its owner sees it beside their watermarks.
    pub fn view(&self, marks: &Watermarks) -> NotificationView<'_> {
        let is_read = marks.is_read(self.state);
        let by_mark =
            if self.state.letter == Letter::Unread { marks.read_at(self.state.changed) } else { None };
        let read_at = self.read_at.or(by_mark);
        let changed_at = self.state.changed.timestamp();
        let kind = self.content.notification_type;
        NotificationView {
            id: self.id,
            user: &self.user,
            title: &self.content.title,
            message: &self.content.message,
            notification_type: kind,
            notification_type_display: kind.display(),
            category: self.content.category(),
            is_read,
            created_at: self.id.timestamp(),
            updated_at: by_mark.map_or(changed_at, |read| read.max(changed_at)),
            changed: self.state.changed,
            seen_at: None,
            read_at: if is_read { read_at } else { None },
            archived_at: None,
            snoozed_until: None,
            expires_at: self.expires_at,
            related_object_type: self.content.related_object_type.as_ref(),
            related_object_id: self.content.related_object_id.as_ref(),
            redirect_url: self.content.redirect_url.as_ref(),
            data: self.content.data.as_ref(),
        }
    }
}

/// The JSON of a notification in every answer of the REST API.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the protocol's, described there once")]
pub struct NotificationView<'a> {
    pub id: NotificationId,
    pub user: &'a UserId,
    pub title: &'a Title,
    pub message: &'a Message,
    pub notification_type: NotificationType,
    pub notification_type_display: &'static str,
    pub category: &'a str,
    pub is_read: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub changed: ChangeId,
    pub seen_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub expires_at: Timestamp,
    pub related_object_type: Option<&'a Label>,
    pub related_object_id: Option<&'a Label>,
    pub redirect_url: Option<&'a RedirectUrl>,
    pub data: Option<&'a Data>,
}
