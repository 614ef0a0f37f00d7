//! The stored form of what an inbox holds.

use belfry_domain::{
    ChangeId, Content, Notification, NotificationId, NotificationType, State, Status, Timestamp, UserId,
    Watermarks,
    text::{Data, Label, Message, RedirectUrl, Title},
    watermark::Move,
};
use serde::{Deserialize, Serialize};

use crate::{error::StoreError, telemetry::Trace};

/// Sort keys of notifications start with this; the id follows.
pub(super) const NOTIFICATION_PREFIX: &str = "n#";

/// The attributes that hold what the sender said.
pub(super) const CONTENT: [&str; 8] = [
    "title",
    "message",
    "notification_type",
    "category",
    "related_object_type",
    "related_object_id",
    "redirect_url",
    "data",
];

/// The sort key of the watermarks.
pub(super) const META: &str = "meta";

/// How many alerts were folded into the item, where that is more than one.
pub(super) const COUNT: &str = "count";

/// Which alerts were folded into it: see `fold.rs`. Not part of what it says, so it outlives a deletion.
pub(super) const FOLDED: &str = "folded";

/// The attribute that holds the creating request's trace.
pub(super) const TRACE: &str = "trace";

/// The id in a notification's sort key.
pub(super) fn notification_id(item: &str) -> Result<NotificationId, StoreError> {
    let id = item.strip_prefix(NOTIFICATION_PREFIX).and_then(|id| id.parse().ok());
    id.ok_or_else(|| StoreError::Unreadable("unknown sort key".to_owned()))
}

/// One item of the table, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A notification that is there.
    Notification(Box<Notification>),
    /// What is left of a deleted notification.
    Tombstone {
        /// Whose it was.
        user: UserId,
        /// Which one it was.
        id: NotificationId,
        /// Its last state.
        state: State,
    },
    /// How far the user has read.
    Watermarks(UserId, Watermarks),
}

impl Entry {
    /// The trace of the request that created the item, where it is recorded and nothing was written since.
    pub fn trace(item: &serde_dynamo::Item) -> Option<Trace> {
        match item.get(TRACE)? {
            serde_dynamo::AttributeValue::S(trace) => Trace::sampled(trace),
            _ => None,
        }
    }

    /// Understands an item of the table or an image of its stream.
    pub fn parse(item: serde_dynamo::Item) -> Result<Self, StoreError> {
        let key: Key = serde_dynamo::from_item(item.clone())?;
        if key.item == META {
            let meta: MetaItem = serde_dynamo::from_item(item)?;
            return Ok(Self::Watermarks(key.user, meta.into()));
        }
        let id = notification_id(&key.item)?;
        let StateItem { state } = serde_dynamo::from_item(item.clone())?;
        let state: State = state.parse().map_err(|error| StoreError::unreadable(&error))?;
        if state.status == Status::Deleted {
            return Ok(Self::Tombstone { user: key.user, id, state });
        }
        let stored: NotificationItem = serde_dynamo::from_item(item)?;
        Ok(Self::Notification(Box::new(stored.understand(id, state)?)))
    }
}

#[derive(Deserialize)]
struct Key {
    user: UserId,
    item: String,
}

#[derive(Deserialize)]
struct StateItem {
    state: String,
}

/// A notification's attributes. Times are milliseconds since the epoch, but for `expires_at`: TTL counts seconds.
#[derive(Serialize, Deserialize)]
pub(super) struct NotificationItem {
    user: UserId,
    item: String,
    state: String,
    changed: ChangeId,
    title: Title,
    message: Message,
    notification_type: NotificationType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    related_object_type: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    related_object_id: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirect_url: Option<RedirectUrl>,
    /// JSON as text: DynamoDB's numbers and nesting are narrower than JSON's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    archived_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<i64>,
    expires_at: i64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u32,
    /// Of the request that created it; whatever is written later takes it away. [`Entry::trace`] reads it, and an odd one is
    /// no reason not to read the rest.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
}

impl NotificationItem {
    pub(super) fn of(notification: &Notification) -> Result<Self, StoreError> {
        let Notification { id, user, content, state, read_at, archived_at, snoozed_until, expires_at, count } =
            notification.clone();
        let data = content.data.as_ref().map(serde_json::to_string).transpose();
        Ok(Self {
            user,
            item: format!("{NOTIFICATION_PREFIX}{id}"),
            state: state.to_string(),
            changed: state.changed,
            title: content.title,
            message: content.message,
            notification_type: content.notification_type,
            category: content.category,
            related_object_type: content.related_object_type,
            related_object_id: content.related_object_id,
            redirect_url: content.redirect_url,
            data: data.map_err(|error| StoreError::Unreadable(error.to_string()))?,
            read_at: read_at.map(Timestamp::as_millis),
            archived_at: archived_at.map(Timestamp::as_millis),
            snoozed_until: snoozed_until.map(Timestamp::as_millis),
            expires_at: expires_at.as_seconds(),
            count,
            trace: None,
        })
    }

    pub(super) fn traced(self, trace: Option<&Trace>) -> Self {
        Self { trace: trace.map(Trace::to_string), ..self }
    }

    fn understand(self, id: NotificationId, state: State) -> Result<Notification, StoreError> {
        let data: Option<Data> = self
            .data
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(|error: serde_json::Error| StoreError::unreadable(&format_args!("data: {error}")))?;
        Ok(Notification {
            id,
            user: self.user,
            content: Content {
                title: self.title,
                message: self.message,
                notification_type: self.notification_type,
                category: self.category,
                related_object_type: self.related_object_type,
                related_object_id: self.related_object_id,
                redirect_url: self.redirect_url,
                data,
            },
            state,
            read_at: self.read_at.map(Timestamp::from_millis),
            archived_at: self.archived_at.map(Timestamp::from_millis),
            snoozed_until: self.snoozed_until.map(Timestamp::from_millis),
            expires_at: Timestamp::from_millis(self.expires_at.saturating_mul(1000)),
            count: self.count,
        })
    }
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_one(count: &u32) -> bool {
    *count == 1
}

/// The attributes of the item `meta`.
#[derive(Default, Deserialize)]
pub(super) struct MetaItem {
    read_watermark: Option<ChangeId>,
    seen_watermark: Option<ChangeId>,
    /// Past moves, newest first, as pairs of numbers: the millisecond whose last id the mark is, and the time of the move.
    #[serde(default)]
    read_moves: Vec<i64>,
    #[serde(default)]
    seen_moves: Vec<i64>,
    #[serde(default)]
    has_snoozed: bool,
}

impl From<MetaItem> for Watermarks {
    fn from(meta: MetaItem) -> Self {
        Self {
            read: meta.read_watermark,
            seen: meta.seen_watermark,
            read_history: moves(&meta.read_moves),
            seen_history: moves(&meta.seen_moves),
            has_snoozed: meta.has_snoozed,
        }
    }
}

fn moves(numbers: &[i64]) -> Vec<Move> {
    let (pairs, _) = numbers.as_chunks::<2>();
    let moved = |[to, at]: &[i64; 2]| Move {
        to: ChangeId::last_of(Timestamp::from_millis(*to)),
        at: Timestamp::from_millis(*at),
    };
    pairs.iter().map(moved).collect()
}
