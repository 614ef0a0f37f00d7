//! Items as an earlier writer left them, with any past.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::clock;
use belfry_domain::{ChangeId, Letter, NotificationId, State, Timestamp};
use uuid::Builder;

use super::store::Item;

/// Old enough for the read watermark to cover it at once.
pub(crate) const OLD: i64 = 60_000;

/// Tells apart what was left at the same instant.
static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A notification with a past; its id and its change are the same UUID.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Left {
    pub(crate) id: NotificationId,
    pub(crate) state: State,
    expires_at: i64,
}

impl Left {
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
            state: State { letter: Letter::Unread, changed: uuid.into() },
            expires_at: clock::now().as_seconds() + 3_600,
        }
    }

    /// In that state instead.
    pub(crate) fn letter(mut self, letter: Letter) -> Self {
        self.state.letter = letter;
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
            ("title".to_owned(), text(&"Left")),
            ("message".to_owned(), text(&"by an earlier writer")),
            ("notification_type".to_owned(), text(&"info")),
            ("data".to_owned(), text(&r#"{"secret":"content"}"#)),
            ("expires_at".to_owned(), number(self.expires_at)),
        ]);
        if self.state.letter == Letter::Read {
            item.insert("read_at".to_owned(), number(self.state.changed.timestamp().as_millis()));
        }
        item
    }
}

/// The watermark of so many milliseconds ago.
pub(crate) fn mark(millis_ago: i64) -> ChangeId {
    ChangeId::last_of(clock::now().plus_millis(-millis_ago))
}

/// The item `meta` with these watermarks, newest first.
pub(crate) fn meta(user: &str, marks: &[ChangeId]) -> Item {
    let times = marks.iter().map(|mark| number(mark.timestamp().as_millis())).collect();
    Item::from([
        ("user".to_owned(), text(&user)),
        ("item".to_owned(), text(&"meta")),
        ("read_watermark".to_owned(), text(&marks[0])),
        ("read_watermarks".to_owned(), AttributeValue::L(times)),
        ("expires_at".to_owned(), number(clock::now().as_seconds() + 3_600)),
    ])
}

fn text(value: &impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
