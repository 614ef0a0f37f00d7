//! What a batch of stream records says, by user: the newest image of each item, and nothing that changed nothing.

use std::collections::HashMap;

use aws_lambda_events::dynamodb::EventRecord;
use belfry_cloud::{StoreError, inbox::Entry};
use belfry_domain::{ChangeId, Notification, NotificationId, State, UserId};

/// One thing to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    /// A notification that wasn't there before.
    Ring(Box<Notification>),
    /// A known notification that says something else now.
    Updated(Box<Notification>),
    /// Where a known notification stands now.
    State(Box<Notification>),
    /// A notification that is gone.
    Deleted(NotificationId, State),
    /// Everything up to this change is read.
    ReadAll(ChangeId),
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
                Ok(Some((user, item, news))) => {
                    let pending = users.entry(user);
                    pending
                        .or_insert_with(|| Pending { first_record: index, news: Vec::new() })
                        .add(item, news);
                }
                Ok(None) => {}
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
    /// A later image takes the place of an earlier one of the same item, at the end; a new item stays news unless it
    /// is gone already (rule 17 of `docs/consistency.md`).
    fn add(&mut self, item: String, mut news: News) {
        if let Some(earlier) = self.news.iter().position(|(known, _)| *known == item) {
            let (_, earlier) = self.news.remove(earlier);
            news = match (earlier, news) {
                (News::Ring(_), News::State(latest) | News::Updated(latest)) => News::Ring(latest),
                (News::Updated(_), News::State(latest)) => News::Updated(latest),
                (_, latest) => latest,
            };
        }
        self.news.push((item, news));
    }
}

/// What a record tells, or `None` where it tells nothing: a removal, or an image like the one before.
fn understand(record: &EventRecord) -> Result<Option<(UserId, String, News)>, StoreError> {
    if record.event_name == "REMOVE" {
        return Ok(None);
    }
    let entry =
        |image: &serde_dynamo::Item| (!image.is_empty()).then(|| Entry::parse(image.clone())).transpose();
    let before = entry(&record.change.old_image)?;
    let Some(after) = entry(&record.change.new_image)? else {
        return Err(StoreError::Unreadable("a record without its new image".to_owned()));
    };
    if before.as_ref() == Some(&after) {
        return Ok(None);
    }
    Ok(match after {
        Entry::Notification(notification) => {
            let (user, item) = (notification.user.clone(), notification.id.to_string());
            let news = match before {
                None => News::Ring(notification),
                Some(Entry::Notification(before)) if before.content != notification.content => {
                    News::Updated(notification)
                }
                Some(_) => News::State(notification),
            };
            Some((user, item, news))
        }
        Entry::Tombstone { user, id, state } => Some((user, id.to_string(), News::Deleted(id, state))),
        Entry::Watermarks(user, marks) => {
            let moved = match before {
                Some(Entry::Watermarks(_, before)) => marks.read.filter(|mark| before.read != Some(*mark)),
                _ => marks.read,
            };
            moved.map(|mark| (user, String::new(), News::ReadAll(mark)))
        }
    })
}
