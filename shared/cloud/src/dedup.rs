//! The storm breaker: repeated alerts fold into one item with a count, instead of ringing one by one.

use std::num::NonZeroU32;

use belfry_domain::NotificationId;

use crate::{
    Directory, Environment, Inbox, StoreError,
    directory::{BurstKey, BurstSettings},
    inbox::{Alert, Folded},
    retry::Attempts,
};

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The notification that the alert was counted into, or became.
    pub notification: NotificationId,
    /// How it got there.
    pub folded: Folded,
}

impl BurstSettings {
    /// Reads `STORM_WINDOW_SECONDS` (by default 300; 0 folds nothing) and `STORM_THRESHOLD` (1: from the second on).
    pub fn read<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        let seconds: u32 = environment.parse_or("STORM_WINDOW_SECONDS", 300);
        let threshold = environment.parse_or("STORM_THRESHOLD", NonZeroU32::MIN);
        Self { window_millis: i64::from(seconds) * 1_000, threshold: threshold.get() }
    }
}

/// Delivers alerts that may repeat.
#[derive(Clone, Debug)]
pub struct Deduplicator {
    inbox: Inbox,
    directory: Directory,
    storm: BurstSettings,
}

impl Deduplicator {
    /// Folds by these settings.
    pub const fn new(inbox: Inbox, directory: Directory, storm: BurstSettings) -> Self {
        Self { inbox, directory, storm }
    }

    /// Makes the alert a notification of its own, or counts it into an earlier one with the same key. Delivering the
    /// same alert again, in whatever order, counts it once.
    pub async fn raise(&self, key: &str, alert: &Alert) -> Result<Raised, StoreError> {
        let Alert { user, id, content, .. } = alert;
        let at = alert.happened_at();
        let key = BurstKey::new(user, content.notification_type, key);
        let mut fresh = *id;
        let mut target = self.directory.burst_target(&self.storm, &key, *id, at).await?;
        let mut attempts = Attempts::default();
        loop {
            match self.inbox.fold(target, alert).await? {
                Folded::Closed => {
                    attempts.after_conflict()?;
                    // Another alert made what this one's name stands for, and its owner has put that away.
                    if target == fresh {
                        fresh = fresh.derive_for_user(user);
                    }
                    target = self.directory.burst_target_after(target, &key, *id, fresh, at).await?;
                }
                folded => return Ok(Raised { notification: target, folded }),
            }
        }
    }
}
