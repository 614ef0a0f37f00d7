//! A notification as it is stored, and as its owner is shown it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    content::{Content, NotificationType},
    id::{ChangeId, NotificationId, UserId},
    state::{Action, State, Status},
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
    /// When it was read by what its owner did with it.
    pub read_at: Option<Timestamp>,
    /// When it was archived; only where it is.
    pub archived_at: Option<Timestamp>,
    /// Until when it sleeps; only where it does.
    pub snoozed_until: Option<Timestamp>,
    /// From when on it is gone, however late the table's TTL deletes it.
    pub expires_at: Timestamp,
    /// How many alerts it stands for: more than one where repeated ones were folded into it.
    pub count: u32,
}

impl Notification {
    /// Whether it sleeps past its time and is to be woken.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state.status == Status::Snoozed && self.snoozed_until.is_none_or(|until| until <= now)
    }

    /// Whether the action is allowed from the current state: rule 3, with what only the watermarks decide.
    pub fn admits(&self, action: Action, marks: &Watermarks) -> bool {
        match action {
            Action::MarkUnread if self.state.status == Status::Unread => marks.is_read(self.state),
            Action::MarkRead if self.state.status == Status::Unread => !marks.is_read(self.state),
            Action::Snooze(until) if self.snoozed_until == Some(until) => false,
            _ => action.allowed_from().contains(&self.state.status),
        }
    }

    /// When the watermark read it, where nothing else has.
    pub fn read_by_mark_at(&self, marks: &Watermarks) -> Option<Timestamp> {
        (self.state.status == Status::Unread).then(|| marks.read_at(self.state.changed)).flatten()
    }

    /// How its owner sees it beside their watermarks.
    pub fn view(&self, marks: &Watermarks) -> NotificationView<'_> {
        let changed = self.state.changed;
        let changed_at = changed.timestamp();
        let is_read = marks.is_read(self.state);
        let by_mark = self.read_by_mark_at(marks);
        let read_at = by_mark.or(self.read_at);
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
            changed,
            // What is read was seen by then at the latest.
            seen_at: marks.seen_at(self.arrival()).into_iter().chain(read_at).min(),
            read_at,
            archived_at: self.archived_at,
            snoozed_until: self.snoozed_until,
            expires_at: self.expires_at,
            related_object_type: self.content.related_object_type.as_ref(),
            related_object_id: self.content.related_object_id.as_ref(),
            redirect_url: self.content.redirect_url.as_ref(),
            data: self.content.data.as_ref(),
            count: self.count,
        }
    }

    /// The change by which it came into the list: an unread item's last one, else, as near as is known, its first.
    fn arrival(&self) -> ChangeId {
        match self.state.status {
            Status::Unread => self.state.changed,
            Status::Read | Status::Archived | Status::Snoozed | Status::Deleted => {
                ChangeId::last_of(self.id.timestamp())
            }
        }
    }
}

/// The JSON of a notification in every answer of the REST API.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationView<'a> {
    /// Names it and sorts it: later ones have greater ids.
    pub id: NotificationId,
    /// Its owner.
    pub user: &'a UserId,
    /// The line that is read first.
    pub title: &'a Title,
    /// What happened.
    pub message: &'a Message,
    /// The kind of the notification.
    pub notification_type: NotificationType,
    /// The type's name for people, in English.
    pub notification_type_display: &'static str,
    /// The sender's, or else the type's.
    #[schema(value_type = Label)]
    pub category: &'a str,
    /// Whether it was read, archived or snoozed, or is at or below the read watermark.
    pub is_read: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed, or was read by the watermark.
    pub updated_at: Timestamp,
    /// Its last change; of two versions of one notification the greater one is the later.
    pub changed: ChangeId,
    /// When it was seen in the list.
    #[schema(required)]
    pub seen_at: Option<Timestamp>,
    /// When it was read.
    #[schema(required)]
    pub read_at: Option<Timestamp>,
    /// When it was archived, while it is.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Until when it is snoozed, while it is.
    #[schema(required)]
    pub snoozed_until: Option<Timestamp>,
    /// From when on it is gone.
    pub expires_at: Timestamp,
    /// The type of the object it is about.
    #[schema(required)]
    pub related_object_type: Option<&'a Label>,
    /// That object's id.
    #[schema(required)]
    pub related_object_id: Option<&'a Label>,
    /// Where a click leads.
    #[schema(required)]
    pub redirect_url: Option<&'a RedirectUrl>,
    /// Anything else, for the page that shows it.
    #[schema(required)]
    pub data: Option<&'a Data>,
    /// How many alerts it stands for: more than one where repeated ones were folded into it.
    #[schema(minimum = 1)]
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{draft::CreateRequest, watermark::Move};

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// Created at 100 and changed at 200, both in milliseconds, with the attributes that its status goes with.
    fn notification(status: Status) -> Notification {
        let body = br#"{"user":"ana","title":"Hi","message":"There","notification_type":"info"}"#;
        let draft = CreateRequest::parse(body).unwrap().drafts().remove(0);
        Notification {
            id: uuid::Uuid::from(ChangeId::last_of(at(100))).into(),
            user: draft.user,
            content: draft.content,
            state: State { status, changed: ChangeId::last_of(at(200)) },
            read_at: (status != Status::Unread).then_some(at(200)),
            archived_at: (status == Status::Archived).then_some(at(200)),
            snoozed_until: (status == Status::Snoozed).then_some(at(900)),
            expires_at: at(1_000),
            count: 1,
        }
    }

    fn moved(to: i64, when: i64) -> (Option<ChangeId>, Vec<Move>) {
        let to = ChangeId::last_of(at(to));
        (Some(to), vec![Move { to, at: at(when) }])
    }

    #[test]
    fn what_is_read_has_the_time_of_its_reading_and_what_is_not_has_none() {
        for status in [Status::Unread, Status::Read, Status::Archived, Status::Snoozed] {
            let notification = notification(status);
            let view = notification.view(&Watermarks::default());
            assert_eq!((view.is_read, view.read_at), (status != Status::Unread, notification.read_at));
        }
        let unread = notification(Status::Unread);
        for (mark, read_at, updated_at) in [(200, Some(at(700)), at(700)), (199, None, at(200))] {
            let (read, read_history) = moved(mark, 700);
            let view = unread.view(&Watermarks { read, read_history, ..Watermarks::default() });
            assert_eq!((view.read_at, view.updated_at), (read_at, updated_at), "mark {mark}");
            assert_eq!(view.is_read, read_at.is_some());
        }
    }

    #[test]
    fn what_was_seen_is_dated_by_the_change_that_brought_it_into_the_list() {
        let seen_at = |status, mark| {
            let (seen, seen_history) = moved(mark, 700);
            let marks = Watermarks { seen, seen_history, ..Watermarks::default() };
            notification(status).view(&marks).seen_at
        };
        assert_eq!(seen_at(Status::Unread, 199), None, "it is news again since");
        assert_eq!(seen_at(Status::Unread, 200), Some(at(700)));
        assert_eq!(seen_at(Status::Archived, 100), Some(at(200)), "read before the list was seen");
        assert_eq!(seen_at(Status::Archived, 99), Some(at(200)), "read and never seen: seen when read");
    }
}
