//! What a batch of stream records says, by user: the newest image of each item, and nothing that changed nothing.

use std::collections::HashMap;

use aws_lambda_events::dynamodb::EventRecord;
use belfry_cloud::{StoreError, inbox::Entry, telemetry::Trace};
use belfry_domain::{ChangeId, Content, Notification, NotificationId, State, UserId, Watermarks};

/// One change to push.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
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

/// All changes for one user, in the order they arrived.
#[derive(Debug)]
pub(super) struct UserChanges {
    pub(super) user: UserId,
    pub(super) changes: Vec<Change>,
    /// The user's first record in the batch.
    pub(super) first_record: usize,
}

/// A batch, understood.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) users: Vec<UserChanges>,
    /// The first record that this version can't read.
    pub(super) unreadable: Option<usize>,
}

/// A user's changes while the batch is read, each under its item's sort key.
struct Pending {
    first_record: usize,
    changes: Vec<(String, Change)>,
}

impl Batch {
    pub(super) fn of(records: &[EventRecord]) -> Self {
        let mut users: HashMap<UserId, Pending> = HashMap::new();
        let mut unreadable = None;
        for (index, record) in records.iter().enumerate() {
            match read_record(record) {
                Ok(read) => {
                    for (user, item, change) in read {
                        let pending = users.entry(user);
                        pending
                            .or_insert_with(|| Pending { first_record: index, changes: Vec::new() })
                            .add(item, change);
                    }
                }
                Err(error) => {
                    let sequence_number = record.change.sequence_number.as_deref();
                    tracing::error!(%error, sequence_number, "failed to parse a stream record");
                    unreadable.get_or_insert(index);
                }
            }
        }
        let users = users.into_iter().map(|(user, Pending { first_record, changes })| UserChanges {
            user,
            changes: changes.into_iter().map(|(_, change)| change).collect(),
            first_record,
        });
        Self { users: users.collect(), unreadable }
    }
}

impl Pending {
    /// Of two images of one item the newer one stays, at the end, in whatever order a repeated batch brings them. A new
    /// item stays a ring unless it was deleted (rule 17 of `docs/consistency.md`).
    fn add(&mut self, item: String, mut change: Change) {
        if let Some(earlier) = self.changes.iter().position(|(known, _)| *known == item) {
            let (_, earlier) = self.changes.remove(earlier);
            change = if change.changed() < earlier.changed() {
                change.then(earlier)
            } else {
                earlier.then(change)
            };
        }
        self.changes.push((item, change));
    }
}

impl Change {
    /// The trace of the request that it rings for, where that is recorded.
    pub(super) fn trace(&self) -> Option<&Trace> {
        if let Self::Ring(_, trace) = self { trace.as_ref() } else { None }
    }

    /// The change id.
    pub(super) fn changed(&self) -> ChangeId {
        match self {
            Self::Ring(notification, _) | Self::Updated(notification) | Self::State(notification) => {
                notification.state.changed
            }
            Self::Deleted(_, state) => state.changed,
            Self::ReadAll(mark) | Self::SeenAll(mark) => *mark,
        }
    }

    /// This change and a newer one of the same item, as one change.
    fn then(self, newer: Self) -> Self {
        match (self, newer) {
            (Self::Ring(_, trace), Self::State(latest) | Self::Updated(latest)) => Self::Ring(latest, trace),
            (Self::Updated(_), Self::State(latest)) => Self::Updated(latest),
            (_, latest) => latest,
        }
    }
}

/// What a notification says, and how many alerts say so.
fn content_and_count(notification: &Notification) -> (&Content, u32) {
    (&notification.content, notification.count)
}

/// Change of a user, under the name of the item that it is about, or of the mark.
type ItemChange = (UserId, String, Change);

/// The changes in a record; none if it is a removal, or if both images are equal.
fn read_record(record: &EventRecord) -> Result<Vec<ItemChange>, StoreError> {
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
            let change = match before {
                None => Change::Ring(notification, Entry::trace(&record.change.new_image)),
                Some(Entry::Notification(before))
                    if content_and_count(&before) != content_and_count(&notification) =>
                {
                    Change::Updated(notification)
                }
                Some(_) => Change::State(notification),
            };
            vec![(user, item, change)]
        }
        Entry::Tombstone { user, id, state } => vec![(user, id.to_string(), Change::Deleted(id, state))],
        Entry::Watermarks(user, marks) => {
            let before = match before {
                Some(Entry::Watermarks(_, before)) => before,
                _ => Watermarks::default(),
            };
            let read = marks.read.filter(|mark| before.read != Some(*mark)).map(Change::ReadAll);
            let seen = marks.seen.filter(|mark| before.seen != Some(*mark)).map(Change::SeenAll);
            let named = [("read", read), ("seen", seen)].into_iter();
            named.filter_map(|(name, change)| Some((user.clone(), name.to_owned(), change?))).collect()
        }
    })
}
