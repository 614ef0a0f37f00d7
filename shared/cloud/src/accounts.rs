//! What events tell of users: who they are, what they may, and when their access ends.

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

    /// Writes down what an event from `at` tells of a user. Where that changes their role their sockets are closed, and come
    /// back with the new rights; where it ends their access they don't come back (rule 18 of `docs/consistency.md`).
    /// Telling it again after an error, or twice, is safe.
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

/// Whether open sockets have outlived what they were opened with. What this event had told before it was told again may not
/// have been carried out to the end. A user without a row in the directory may have sockets, too.
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
