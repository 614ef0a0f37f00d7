//! Changing a notification that is there: the body of `PATCH` and `PUT`.

use serde_json::{Map, Value};

use crate::{
    body::{Body, FieldError, InvalidBody},
    content::{Content, ContentEdit},
    notification::{Notification, NotificationView},
    state::{Action, Status},
    timestamp::Timestamp,
    watermark::Watermarks,
};

/// A notification sleeps at most so long: 366 days.
pub const MAX_SNOOZE_MILLIS: i64 = 366 * 24 * 60 * 60 * 1000;

/// The fields of a notification that nobody changes. They may be sent back as they are.
const FIXED: [&str; 11] = [
    "id",
    "user",
    "notification_type_display",
    "created_at",
    "updated_at",
    "changed",
    "seen_at",
    "read_at",
    "archived_at",
    "expires_at",
    "count",
];

/// What a request wants of a notification. Fields that are left out, or sent back as they are, stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::option_option, reason = "left out and null are two things")]
pub struct Edit {
    content: ContentEdit,
    is_read: Option<bool>,
    archived: Option<bool>,
    snoozed_until: Option<Option<Timestamp>>,
    fixed: Map<String, Value>,
}

/// What an edit comes to for one notification.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The new content, where it is another.
    pub content: Option<Content>,
    /// What its owner does with it, if anything.
    pub action: Option<Action>,
}

impl Edit {
    /// Reads a request's body; the error names every field that breaks a rule and every field that isn't known.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        let mut body = Body::parse(bytes)?;
        let edit = Self {
            content: ContentEdit::read(&mut body),
            is_read: body.given("is_read"),
            archived: body.given("archived"),
            snoozed_until: body.given("snoozed_until"),
            fixed: FIXED
                .iter()
                .filter_map(|name| body.raw(name).map(|value| ((*name).to_owned(), value)))
                .collect(),
        };
        body.finish(Some(edit))
    }

    /// What it comes to for this notification; the error names each field that can't be what the request wants.
    pub fn of(
        &self,
        notification: &Notification,
        marks: &Watermarks,
        now: Timestamp,
    ) -> Result<Revision, InvalidBody> {
        let view = notification.view(marks);
        let mut errors = self.fixed_errors(&view);
        let action = self.action(&view, notification.state.status, now);
        let action = action.and_then(|action| self.agreed(action)).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        if errors.is_empty() {
            Ok(Revision { content: self.content.applied_to(&notification.content), action })
        } else {
            Err(InvalidBody::Fields(errors))
        }
    }

    fn fixed_errors(&self, view: &NotificationView<'_>) -> Vec<FieldError> {
        let standing = serde_json::to_value(view).unwrap_or_default();
        let other = self.fixed.iter().filter(|(name, value)| standing.get(name) != Some(value));
        other.map(|(name, _)| FieldError::of(name, "can't be changed")).collect()
    }

    /// The one action that makes everything so that is wanted and isn't so yet.
    fn action(
        &self,
        view: &NotificationView<'_>,
        status: Status,
        now: Timestamp,
    ) -> Result<Option<Action>, FieldError> {
        let read = self.is_read.filter(|read| *read != view.is_read);
        let archived = self.archived.filter(|archived| *archived != (status == Status::Archived));
        let snoozed = self.snoozed_until.filter(|until| *until != view.snoozed_until);
        match (read, archived, snoozed) {
            (None, None, None) => Ok(None),
            (Some(true), None, None) => Ok(Some(Action::MarkRead)),
            (Some(false), None | Some(false), None | Some(None)) | (None, None, Some(None)) => {
                Ok(Some(Action::MarkUnread))
            }
            (None | Some(true), Some(true), None | Some(None)) => Ok(Some(Action::Archive)),
            (None, Some(false), None) => Ok(Some(Action::Unarchive)),
            (None, None, Some(Some(until))) if status != Status::Archived => {
                snooze("snoozed_until", until, now).map(Some)
            }
            (_, Some(_), _) => Err(FieldError::of("archived", "can't be combined with the other changes")),
            (_, None, Some(_)) => Err(FieldError::of(
                "snoozed_until",
                "can't be combined with the other changes, and an archived one can't sleep",
            )),
        }
    }

    /// The action, where all that is wanted holds after it: else the same request, sent again, would do something else.
    /// One that names the change it was made for can't be carried out twice.
    fn agreed(&self, action: Option<Action>) -> Result<Option<Action>, FieldError> {
        let Some(to) = action.map(Action::to).filter(|_| !self.fixed.contains_key("changed")) else {
            return Ok(action);
        };
        let asleep = |until: Option<Timestamp>| until.is_some();
        let broken = if self.is_read.is_some_and(|read| read == (to == Status::Unread)) {
            "is_read"
        } else if self.archived.is_some_and(|archived| archived != (to == Status::Archived)) {
            "archived"
        } else if self.snoozed_until.map(asleep).is_some_and(|asleep| asleep != (to == Status::Snoozed)) {
            "snoozed_until"
        } else {
            return Ok(action);
        };
        Err(FieldError::of(broken, "can't be combined with the other changes"))
    }
}

/// Snoozing until the time that a body's field names, which must be later than `now` and within [`MAX_SNOOZE_MILLIS`] of
/// it.
pub fn snooze(field: &str, until: Timestamp, now: Timestamp) -> Result<Action, FieldError> {
    if until > now && until <= now.plus_millis(MAX_SNOOZE_MILLIS) {
        Ok(Action::Snooze(until))
    } else {
        Err(FieldError::of(field, "must be in the future, at most 366 days ahead"))
    }
}
