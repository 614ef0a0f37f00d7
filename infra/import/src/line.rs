//! One line of the export, and the notification that it makes.

use std::fmt;

use belfry_cloud::clock;
use belfry_domain::{
    Action, Content, Notification, NotificationId, Retention, State, Status, Timestamp, UserId,
    body::{Body, FieldError, InvalidBody},
    text::{Label, RedirectUrl},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How far the old system's clock may be ahead of this one's.
const AHEAD_MILLIS: i64 = 5 * 60 * 1000;

/// Which field of a line names its owner, as the issuer's `sub` does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnerField {
    /// The old system's number of the user.
    #[default]
    UserId,
    /// The name to sign in with.
    Username,
    /// The address for mail.
    Email,
    /// What the export found out by itself.
    User,
}

impl OwnerField {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::UserId, Self::Username, Self::Email, Self::User];

    /// Its name in a line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::Username => "username",
            Self::Email => "email",
            Self::User => "user",
        }
    }
}

/// A notification of the old system.
#[derive(Clone, Debug, PartialEq)]
pub struct Legacy {
    id: Label,
    user: UserId,
    content: Content,
    created_at: Timestamp,
    /// When it was read, where it was.
    read_at: Option<Timestamp>,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The notification.
    pub legacy: Legacy,
    /// The rule that its link broke; it goes on without one.
    pub dropped_link: Option<FieldError>,
}

impl Legacy {
    /// Reads a line; the error names every field that breaks a rule and every field that isn't known.
    pub fn parse(line: &[u8], owner: OwnerField) -> Result<Parsed, InvalidBody> {
        let mut body = Body::parse(line)?;
        let id = required_text(&mut body, "id");
        let user = required_text(&mut body, owner.name());
        let (redirect_url, dropped_link) = match link(&mut body) {
            Ok(url) => (url, None),
            Err(broken) => (None, Some(broken)),
        };
        let content = content(&mut body, redirect_url);
        let created_at = created_at(&mut body);
        let updated_at: Option<Timestamp> = body.optional("updated_at");
        let is_read: Option<bool> = body.required("is_read");
        let read_at: Option<Timestamp> = body.optional("read_at");
        for other in OwnerField::ALL {
            body.raw(other.name());
        }
        body.raw("notification_type_display");
        let legacy = (|| {
            let created_at = created_at?;
            let read_at = is_read?.then(|| read_at.or(updated_at).unwrap_or(created_at).max(created_at));
            Some(Self { id: id?, user: user?, content: content?, created_at, read_at })
        })();
        body.finish(legacy).map(|legacy| Parsed { legacy, dropped_link })
    }

    /// The same name every time: its time of creation, and bits that its old id and its owner decide.
    pub fn name(&self) -> NotificationId {
        let mut hash = Sha256::new();
        hash.update("belfry import 1");
        hash.update(self.id.as_str());
        let whole = hash.finalize();
        let bits = std::array::from_fn(|index| whole[index]);
        let millis = u64::try_from(self.created_at.as_millis()).unwrap_or(0);
        let old = uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid();
        NotificationId::from(old).derive_for_user(&self.user)
    }

    /// What it is in an inbox; nothing where it would be gone at `now`. The store mints its change.
    pub fn into_notification(self, retention: Retention, now: Timestamp) -> Option<Notification> {
        let id = self.name();
        let expires_at = match self.read_at {
            Some(read_at) => retention.after(Action::MarkRead, read_at.min(now)),
            // It expires as if it had been created here at that time: importing doesn't start its retention again.
            None => retention.of_new(id, id.timestamp()),
        };
        let status = if self.read_at.is_some() { Status::Read } else { Status::Unread };
        (expires_at > now).then(|| Notification {
            id,
            user: self.user,
            content: self.content,
            state: State { status, changed: clock::mint_change() },
            read_at: self.read_at.map(|read_at| read_at.min(now)),
            archived_at: None,
            snoozed_until: None,
            expires_at,
            count: 1,
        })
    }
}

fn content(body: &mut Body, redirect_url: Option<RedirectUrl>) -> Option<Content> {
    let title = body.required("title");
    let message = body.required("message");
    let notification_type = body.required("notification_type");
    let category = optional_text(body, "category");
    let related_object_type = optional_text(body, "related_object_type");
    let related_object_id = optional_text(body, "related_object_id");
    let data = body.optional("data");
    Some(Content {
        title: title?,
        message: message?,
        notification_type: notification_type?,
        category,
        related_object_type,
        related_object_id,
        redirect_url,
        data,
    })
}

fn created_at(body: &mut Body) -> Option<Timestamp> {
    let created_at: Timestamp = body.required("created_at")?;
    if created_at > clock::now().plus_millis(AHEAD_MILLIS) {
        body.refuse("created_at", "must not lie ahead");
    }
    Some(created_at)
}

/// The link, or the rule that it breaks.
fn link(body: &mut Body) -> Result<Option<RedirectUrl>, FieldError> {
    const LINK: &str = "redirect_url";
    match body.raw(LINK) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(value) => read(value).map(Some).map_err(|rule| FieldError::of(LINK, &rule)),
    }
}

/// A text, or the text of a whole number: Django has both for ids.
fn read<T>(value: Value) -> Result<T, String>
where
    T: TryFrom<String, Error: fmt::Display>,
{
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return Err("must be a text or a whole number".to_owned()),
    };
    T::try_from(text).map_err(|rule| rule.to_string())
}

fn required_text<T>(body: &mut Body, name: &str) -> Option<T>
where
    T: TryFrom<String, Error: fmt::Display>,
{
    let value: Value = body.required(name)?;
    read(value).map_err(|rule| body.refuse(name, &rule)).ok()
}

/// Django leaves a text that isn't there empty.
fn optional_text<T>(body: &mut Body, name: &str) -> Option<T>
where
    T: TryFrom<String, Error: fmt::Display>,
{
    match body.raw(name)? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        value => read(value).map_err(|rule| body.refuse(name, &rule)).ok(),
    }
}

#[cfg(test)]
mod tests;
