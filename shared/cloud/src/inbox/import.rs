//! Putting a notification of another system into its owner's inbox, as it was there.

use belfry_domain::{ChangeId, Notification, State};

use super::Inbox;
use crate::{clock, error::StoreError, retry::Attempts};

impl Inbox {
    /// Stores a notification with its own id, times and status, and returns whether it is new. Its change id is minted
    /// here (rule 1), so it is above every watermark and cursor. A notification that exists, or was deleted, stays as
    /// it is.
    pub async fn import(&self, mut notification: Notification) -> Result<bool, StoreError> {
        let mut minted: Vec<ChangeId> = Vec::new();
        let mut attempts = Attempts::default();
        loop {
            notification.state.changed = clock::mint_change();
            minted.push(notification.state.changed);
            match self.put(&notification).await {
                Ok(None) => {
                    self.restamp_if_late(notification).await;
                    return Ok(true);
                }
                Ok(Some(found)) => return Ok(self.is_ours(found, &minted, notification).await),
                Err(error) => attempts.after(error).await?,
            }
        }
    }

    /// Whether what was found is of an earlier attempt whose answer was lost.
    async fn is_ours(&self, found: State, minted: &[ChangeId], notification: Notification) -> bool {
        let ours = minted.contains(&found.changed);
        if ours {
            self.restamp_if_late(Notification { state: found, ..notification }).await;
        }
        ours
    }
}
