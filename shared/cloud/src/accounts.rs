//! What events say about users: who they are, what they may do, and when their access ends.

use belfry_domain::{Timestamp, UserId};

use crate::{
    ConnectionCloser, Directory, StoreError,
    directory::{User, UserEvent},
};

/// The directory, and the sockets that are closed when somebody's rights change or end.
#[derive(Clone, Debug)]
pub struct Accounts {
    directory: Directory,
    sockets: ConnectionCloser,
}

impl Accounts {
    /// Over these.
    pub const fn new(directory: Directory, sockets: ConnectionCloser) -> Self {
        Self { directory, sockets }
    }

    /// Stores what an event from `at` says about a user. If it changes the role, the user's connections are closed and
    /// come back with the new role. If it ends the user's access, they are closed and can't come back (rule 18 of
    /// `docs/consistency.md`). Applying the event again, after an error or not, is safe.
    pub async fn apply_event(
        &self,
        user: &UserId,
        event: &UserEvent,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (before, after) = self.directory.apply_event(user, event, at).await?;
        if refreshes(before.as_ref(), &after, event, at) {
            self.sockets.close_all(user).await?;
        }
        Ok(())
    }
}

/// Whether the user's open connections have to be closed. If the event was applied before, closing them may have
/// failed, so the same event closes them again. A user without a row in the directory may have connections, too.
fn refreshes(before: Option<&User>, after: &User, event: &UserEvent, at: Timestamp) -> bool {
    let at = Some(at.as_millis());
    let valid_before = before.and_then(|before| before.valid_after);
    let ends =
        event.is_active == Some(false) && (valid_before < after.valid_after || after.valid_after == at);
    let states_role = event.role.is_some() && after.role_at == at;
    let other_role = match before {
        None => states_role,
        Some(before) => before.role != after.role || (before == after && states_role),
    };
    ends || other_role
}
