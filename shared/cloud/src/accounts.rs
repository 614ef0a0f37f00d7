//! What events tell of users: who they are, what they may, and when their access ends.

use belfry_domain::{Role, Timestamp, UserId};

use crate::{Directory, Sockets, StoreError, auth::Profile};

/// The directory, and the sockets that are closed when it ends somebody's access.
#[derive(Clone, Debug)]
pub struct Accounts {
    directory: Directory,
    sockets: Sockets,
}

impl Accounts {
    /// Over these.
    pub const fn new(directory: Directory, sockets: Sockets) -> Self {
        Self { directory, sockets }
    }

    /// Writes down what an event from `at` tells of a user, and closes their sockets where that ends the tokens that they
    /// were opened with (rule 18 of `docs/consistency.md`). Telling it again after an error, or twice, is safe.
    pub async fn note(
        &self,
        user: &UserId,
        profile: &Profile,
        role: Option<&Role>,
        is_active: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if self.directory.note_event(user, profile, role, is_active, at).await? {
            self.sockets.close_all(user).await?;
        }
        Ok(())
    }
}
