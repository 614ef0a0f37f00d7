//! How long a notification is kept after what last happened to it.

use crate::{
    edit::MAX_SNOOZE_MILLIS,
    id::NotificationId,
    state::{Action, Status},
    timestamp::Timestamp,
};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The two periods of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Milliseconds that a notification is kept, or the tombstone of a deleted one.
    general: i64,
    /// Milliseconds that one is kept after its owner has read it.
    after_reading: i64,
}

impl Retention {
    /// Both periods in days.
    pub fn days(general: u16, after_reading: u16) -> Self {
        let millis = |days| i64::from(days) * DAY_MILLIS;
        Self { general: millis(general), after_reading: millis(after_reading) }
    }

    /// When what is called `id` and stored at `now` expires: whole seconds, as the table's TTL counts. The later of the two
    /// times counts. An id may be of the time of an event that happened days ago, and what is accepted now must be kept for
    /// a whole period from now.
    pub fn of_new(&self, id: NotificationId, now: Timestamp) -> Timestamp {
        whole_seconds(id.timestamp().max(now).plus_millis(self.general))
    }

    /// When a notification expires to which that was done at `now`. A snoozed one is kept for a whole period from its
    /// waking on.
    pub fn after(&self, action: Action, now: Timestamp) -> Timestamp {
        let end = match (action, action.to()) {
            (Action::Snooze(until), _) => until.plus_millis(self.general),
            (_, Status::Read) => now.plus_millis(self.after_reading),
            (_, Status::Unread | Status::Archived | Status::Snoozed | Status::Deleted) => {
                now.plus_millis(self.general)
            }
        };
        whole_seconds(end)
    }

    /// The oldest cursor that can be resumed from at `now`: younger by a day than the first tombstones to go.
    pub fn resumable_from(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(DAY_MILLIS - self.general)
    }

    /// When the marks of an inbox expire that were written at `now`: later than all that they mark, also what sleeps.
    pub fn of_marks(&self, now: Timestamp) -> Timestamp {
        whole_seconds(now.plus_millis(MAX_SNOOZE_MILLIS + self.general + DAY_MILLIS))
    }
}

fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.as_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_one_is_kept_from_the_later_of_its_time_and_now() {
        let retention = Retention::days(2, 1);
        let id = NotificationId::derive_from_event(Timestamp::from_millis(5_000), "supply.reports", "1");
        for (now, expiry) in [(2_000, 5_000), (5_000, 5_000), (9_900, 9_000)] {
            let expires_at = retention.of_new(id, Timestamp::from_millis(now)).as_millis();
            assert_eq!(expires_at, expiry + 2 * DAY_MILLIS, "{now}");
        }
    }

    #[test]
    fn what_was_read_goes_earlier_and_what_sleeps_is_kept_from_its_waking_on() {
        let retention = Retention::days(90, 30);
        let (now, later) = (Timestamp::from_millis(1_500), Timestamp::from_millis(86_400_000));
        let day = |days: i64| days * DAY_MILLIS;
        assert_eq!(retention.after(Action::MarkRead, now).as_millis(), 1_000 + day(30));
        assert_eq!(retention.after(Action::Unarchive, now).as_millis(), 1_000 + day(30));
        for action in [Action::MarkUnread, Action::Archive, Action::Delete] {
            assert_eq!(retention.after(action, now).as_millis(), 1_000 + day(90), "{action:?}");
        }
        assert_eq!(retention.after(Action::Snooze(later), now).as_millis(), day(91));
        assert_eq!(retention.of_marks(now).as_millis(), 1_000 + day(366 + 91));
    }
}
