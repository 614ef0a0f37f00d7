//! What a batch of stream records says, by user: the newest image of each item, and nothing that changed nothing.

use std::collections::HashMap;

use aws_lambda_events::dynamodb::EventRecord;
use belfry_cloud::{StoreError, inbox::Entry, telemetry::Trace};
use belfry_domain::{ChangeId, Content, Notification, NotificationId, State, UserId, Watermarks};

/// One thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    /// A notification that wasn't there before, and the trace of the request that created it.
    Ring(Box<Notification>, Option<Trace>),
    /// A known notification that says something else now.
    Updated(Box<Notification>),
    /// Where a known notification stands now.
    State(Box<Notification>),
    /// A notification that is gone.
    Deleted(NotificationId, State),
    /// Everything up to this change is read.
    ReadAll(ChangeId),
    /// Everything up to this change has been seen.
    SeenAll(ChangeId),
}

/// All there is to tell one user, in the order it arrived.
#[derive(Debug)]
pub(super) struct UserNews {
    pub(super) user: UserId,
    pub(super) news: Vec<News>,
    /// The user's first record in the batch.
    pub(super) first_record: usize,
}

/// A batch, understood.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) users: Vec<UserNews>,
    /// The first record that this version can't read.
    pub(super) unreadable: Option<usize>,
}

/// A user's news while the batch is read, each under its item's sort key.
struct Pending {
    first_record: usize,
    news: Vec<(String, News)>,
}

impl Batch {
    pub(super) fn of(records: &[EventRecord]) -> Self {
        let mut users: HashMap<UserId, Pending> = HashMap::new();
        let mut unreadable = None;
        for (index, record) in records.iter().enumerate() {
            match understand(record) {
                Ok(told) => {
                    for (user, item, news) in told {
                        let pending = users.entry(user);
                        pending
                            .or_insert_with(|| Pending { first_record: index, news: Vec::new() })
                            .add(item, news);
                    }
                }
                Err(error) => {
                    let sequence_number = record.change.sequence_number.as_deref();
                    tracing::error!(%error, sequence_number, "a stream record can't be read");
                    unreadable.get_or_insert(index);
                }
            }
        }
        let users = users.into_iter().map(|(user, Pending { first_record, news })| UserNews {
            user,
            news: news.into_iter().map(|(_, news)| news).collect(),
            first_record,
        });
        Self { users: users.collect(), unreadable }
    }
}

impl Pending {
    /// Of two images of one item the newer one stays, at the end, in whatever order a repeated batch brings them; a new
    /// item stays news unless it is gone already (rule 17 of `docs/consistency.md`).
    fn add(&mut self, item: String, mut news: News) {
        if let Some(earlier) = self.news.iter().position(|(known, _)| *known == item) {
            let (_, earlier) = self.news.remove(earlier);
            news = if news.changed() < earlier.changed() { news.then(earlier) } else { earlier.then(news) };
        }
        self.news.push((item, news));
    }
}

impl News {
    /// The trace of the request that it rings for, where that is recorded.
    pub(super) fn trace(&self) -> Option<&Trace> {
        if let Self::Ring(_, trace) = self { trace.as_ref() } else { None }
    }

    /// Which change it tells of.
    pub(super) fn changed(&self) -> ChangeId {
        match self {
            Self::Ring(notification, _) | Self::Updated(notification) | Self::State(notification) => {
                notification.state.changed
            }
            Self::Deleted(_, state) => state.changed,
            Self::ReadAll(mark) | Self::SeenAll(mark) => *mark,
        }
    }

    /// What is to tell of an item when `newer` came after this.
    fn then(self, newer: Self) -> Self {
        match (self, newer) {
            (Self::Ring(_, trace), Self::State(latest) | Self::Updated(latest)) => Self::Ring(latest, trace),
            (Self::Updated(_), Self::State(latest)) => Self::Updated(latest),
            (_, latest) => latest,
        }
    }
}

/// What a notification says, and how many alerts say so.
fn says(notification: &Notification) -> (&Content, u32) {
    (&notification.content, notification.count)
}

/// News of a user, under the name of the item that it is about, or of the mark.
type Told = (UserId, String, News);

/// What a record tells; nothing where it is a removal, or an image like the one before.
fn understand(record: &EventRecord) -> Result<Vec<Told>, StoreError> {
    if record.event_name == "REMOVE" {
        return Ok(Vec::new());
    }
    let entry =
        |image: &serde_dynamo::Item| (!image.is_empty()).then(|| Entry::parse(image.clone())).transpose();
    let before = entry(&record.change.old_image)?;
    let Some(after) = entry(&record.change.new_image)? else {
        return Err(StoreError::Unreadable("a record without its new image".to_owned()));
    };
    if before.as_ref() == Some(&after) {
        return Ok(Vec::new());
    }
    Ok(match after {
        Entry::Notification(notification) => {
            let (user, item) = (notification.user.clone(), notification.id.to_string());
            let news = match before {
                None => News::Ring(notification, Entry::trace(&record.change.new_image)),
                Some(Entry::Notification(before)) if says(&before) != says(&notification) => {
                    News::Updated(notification)
                }
                Some(_) => News::State(notification),
            };
            vec![(user, item, news)]
        }
        Entry::Tombstone { user, id, state } => vec![(user, id.to_string(), News::Deleted(id, state))],
        Entry::Watermarks(user, marks) => {
            let before = match before {
                Some(Entry::Watermarks(_, before)) => before,
                _ => Watermarks::default(),
            };
            let read = marks.read.filter(|mark| before.read != Some(*mark)).map(News::ReadAll);
            let seen = marks.seen.filter(|mark| before.seen != Some(*mark)).map(News::SeenAll);
            let named = [("read", read), ("seen", seen)].into_iter();
            named.filter_map(|(name, news)| Some((user.clone(), name.to_owned(), news?))).collect()
        }
    })
}
