//! The clock of this instance, and the ids that are minted from it.

use std::time::{SystemTime, UNIX_EPOCH};

use belfry_domain::{ChangeId, NotificationId, Timestamp};
use uuid::Uuid;

/// The time now. A clock before 1970 reads as 1970.
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// A change id for one write attempt; ask for it immediately before the attempt (rule 1).
pub fn mint_change() -> ChangeId {
    Uuid::now_v7().into()
}

/// A name for a new notification.
pub fn mint_notification() -> NotificationId {
    Uuid::now_v7().into()
}
