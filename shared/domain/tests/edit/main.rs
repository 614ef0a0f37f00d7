//! What a `PATCH` or `PUT` comes to: every field, a whole notification sent back, and the one action that is left of it.

mod actions;
mod content;
mod whole;

use belfry_domain::{
    ChangeId, CreateRequest, Edit, Notification, State, Status, Timestamp, Watermarks,
    body::{FieldError, InvalidBody},
    edit::Revision,
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_795_362_142_070);
const HOUR: i64 = 60 * 60 * 1000;

/// How a notification stands to its owner, by all that an edit looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Unread,
    ReadByMark,
    Read,
    Archived,
    Asleep,
    Due,
}

impl Standing {
    const ALL: [Self; 6] =
        [Self::Unread, Self::ReadByMark, Self::Read, Self::Archived, Self::Asleep, Self::Due];

    fn status(self) -> Status {
        match self {
            Self::Unread | Self::ReadByMark => Status::Unread,
            Self::Read => Status::Read,
            Self::Archived => Status::Archived,
            Self::Asleep | Self::Due => Status::Snoozed,
        }
    }

    /// A notification that stands so, and the marks by which it does.
    fn notification(self) -> (Notification, Watermarks) {
        let changed_at = NOW.plus_millis(-2 * HOUR);
        let state = State { status: self.status(), changed: ChangeId::last_of(changed_at) };
        let snoozed_until = match self {
            Self::Asleep => Some(NOW.plus_millis(HOUR)),
            Self::Due => Some(NOW.plus_millis(-HOUR)),
            _ => None,
        };
        let mark = if self == Self::ReadByMark { changed_at } else { changed_at.plus_millis(-HOUR) };
        let marks = Watermarks { read: Some(ChangeId::last_of(mark)), ..Watermarks::default() };
        (Notification { state, snoozed_until, ..sent() }, marks)
    }
}

/// A notification with something in every field of its content but the category.
fn sent() -> Notification {
    let body = json!({
        "user": "ana", "title": "Report", "message": "It is there.", "notification_type": "report_ready",
        "related_object_type": "report", "related_object_id": "7", "redirect_url": "/reports/7/",
        "data": { "week": 47 },
    });
    let draft = CreateRequest::parse(body.to_string().as_bytes()).map(|request| request.drafts().pop());
    let Ok(Some(draft)) = draft else { panic!("the body is no request") };
    let changed = ChangeId::last_of(NOW);
    Notification {
        id: uuid::Builder::from_unix_timestamp_millis(1_795_275_742_070, &[7; 10]).into_uuid().into(),
        user: draft.user,
        content: draft.content,
        state: State { status: Status::Unread, changed },
        read_at: None,
        archived_at: None,
        snoozed_until: None,
        expires_at: NOW.plus_millis(90 * 24 * HOUR),
        count: 1,
    }
}

fn parse(body: &Value) -> Result<Edit, InvalidBody> {
    Edit::parse(body.to_string().as_bytes())
}

/// What the body comes to for this notification.
fn revise(body: &Value, (notification, marks): &(Notification, Watermarks)) -> Result<Revision, InvalidBody> {
    parse(body)?.of(notification, marks, NOW)
}

/// The fields that a refusal names.
fn named<T>(result: Result<T, InvalidBody>) -> Vec<String> {
    match result {
        Err(InvalidBody::Fields(errors)) => {
            errors.into_iter().map(|FieldError { pointer, .. }| pointer).collect()
        }
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}
