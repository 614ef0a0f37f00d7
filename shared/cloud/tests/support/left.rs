//! Items as an earlier writer left them, with any past.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::clock;
use belfry_domain::{
    ChangeId, NotificationId, NotificationType, State, Status, Timestamp, watermark::READ_LAG_MILLIS,
};
use uuid::Builder;

use super::store::Item;

/// Old enough for the read watermark to cover it at once.
pub(crate) const OLD: i64 = 60_000;

/// Far enough for no test to get there.
pub(crate) const LATER: i64 = 3_600_000;

/// Tells apart what was left at the same instant.
static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A notification with a past; its id and its change are the same UUID.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    pub(crate) id: NotificationId,
    pub(crate) state: State,
    kind: NotificationType,
    read_at: Option<i64>,
    archived_at: Option<i64>,
    snoozed_until: Option<i64>,
    expires_at: i64,
}

impl Stored {
    /// Unread since so many milliseconds ago, in the future where that is negative.
    pub(crate) fn unread(millis_ago: i64) -> Self {
        Self::at(clock::now().plus_millis(-millis_ago))
    }

    /// So many old ones, newest first.
    pub(crate) fn many(count: i64) -> Vec<Self> {
        let newest = clock::now().plus_millis(-OLD);
        (0..count).map(|n| Self::at(newest.plus_millis(-n))).collect()
    }

    fn at(instant: Timestamp) -> Self {
        let millis = u64::try_from(instant.as_millis()).unwrap();
        let mut rest = [0; 10];
        rest[2..].copy_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let uuid = Builder::from_unix_timestamp_millis(millis, &rest).into_uuid();
        Self {
            id: uuid.into(),
            state: State { status: Status::Unread, changed: uuid.into() },
            kind: NotificationType::Info,
            read_at: None,
            archived_at: None,
            snoozed_until: None,
            expires_at: clock::now().as_seconds() + 3_600,
        }
    }

    /// In that state instead, by that change; what sleeps does so for long.
    pub(crate) fn status(mut self, status: Status) -> Self {
        self.state.status = status;
        let changed_at = self.state.changed.timestamp().as_millis();
        let reads = matches!(status, Status::Read | Status::Archived | Status::Snoozed);
        self.read_at = reads.then_some(changed_at);
        self.archived_at = (status == Status::Archived).then_some(changed_at);
        self.snoozed_until = (status == Status::Snoozed).then(|| clock::now().as_millis() + LATER);
        self
    }

    /// Asleep until so many milliseconds from now; in the past where that is negative.
    pub(crate) fn snoozed(self, millis: i64) -> Self {
        Self { snoozed_until: Some(clock::now().as_millis() + millis), ..self.status(Status::Snoozed) }
    }

    /// Read so many milliseconds ago, whatever has become of it since.
    pub(crate) fn read(mut self, millis_ago: i64) -> Self {
        self.read_at = Some(clock::now().as_millis() - millis_ago);
        self
    }

    /// Of that type instead.
    pub(crate) fn kind(mut self, kind: NotificationType) -> Self {
        self.kind = kind;
        self
    }

    /// Past its time since that many seconds.
    pub(crate) fn expired(mut self, seconds_ago: i64) -> Self {
        self.expires_at = clock::now().as_seconds() - seconds_ago;
        self
    }

    pub(crate) fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_at = clock::now().as_seconds() + seconds;
        self
    }

    /// The item, as the user's.
    pub(crate) fn of(self, user: &str) -> Item {
        let mut item = Item::from([
            ("user".to_owned(), text(&user)),
            ("item".to_owned(), text(&format_args!("n#{}", self.id))),
            ("state".to_owned(), text(&self.state)),
            ("changed".to_owned(), text(&self.state.changed)),
            ("title".to_owned(), text(&"Stored")),
            ("message".to_owned(), text(&"by an earlier writer")),
            ("notification_type".to_owned(), text(&self.kind.name())),
            ("data".to_owned(), text(&r#"{"secret":"content"}"#)),
            ("expires_at".to_owned(), number(self.expires_at)),
        ]);
        let times = [
            ("read_at", self.read_at),
            ("archived_at", self.archived_at),
            ("snoozed_until", self.snoozed_until),
        ];
        item.extend(times.into_iter().filter_map(|(name, at)| Some((name.to_owned(), number(at?)))));
        item
    }
}

/// The watermark of so many milliseconds ago.
pub(crate) fn mark(millis_ago: i64) -> ChangeId {
    ChangeId::last_of(clock::now().plus_millis(-millis_ago))
}

/// The item `meta` with these read watermarks, newest first.
pub(crate) fn meta(user: &str, marks: &[ChangeId]) -> Item {
    let times = marks.iter().map(|mark| mark.timestamp().as_millis());
    let moves = times.flat_map(|to| [number(to), number(to + READ_LAG_MILLIS)]).collect();
    let mut item = bare_meta(user);
    item.insert("read_watermark".to_owned(), text(&marks[0]));
    item.insert("read_moves".to_owned(), AttributeValue::L(moves));
    item
}

/// The item `meta` of somebody who has snoozed something and marked nothing.
pub(crate) fn snoozer(user: &str) -> Item {
    let mut item = bare_meta(user);
    item.insert("has_snoozed".to_owned(), AttributeValue::Bool(true));
    item
}

fn bare_meta(user: &str) -> Item {
    Item::from([
        ("user".to_owned(), text(&user)),
        ("item".to_owned(), text(&"meta")),
        ("expires_at".to_owned(), number(clock::now().as_seconds() + 3_600)),
    ])
}

fn text(value: &impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
