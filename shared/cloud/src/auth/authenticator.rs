//! From a token to a caller.

use super::{AuthError, Caller, TokenSettings, TokenVerifier};
use crate::{
    Directory, StoreError,
    directory::{Ticket, User},
};

/// Accepts tokens that are valid, weren't revoked, and are of somebody who is active.
///
/// In two steps, since only the second one reads: who the caller is by the token, and whether that still counts. The
/// second may run beside another read, as long as nobody is answered before it has ended well.
#[derive(Debug)]
pub struct Authenticator {
    verifier: TokenVerifier,
    directory: Directory,
}

impl Authenticator {
    /// Verifies by these settings and asks that directory for revocations and roles.
    pub fn new(tokens: TokenSettings, directory: Directory) -> Self {
        Self { verifier: TokenVerifier::new(tokens), directory }
    }

    /// Both steps.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, AuthError> {
        self.admit(self.verify(token).await?).await
    }

    /// Who the token says that the caller is. Reads nothing but the issuer's keys.
    pub async fn verify(&self, token: &str) -> Result<Caller, AuthError> {
        self.verifier.verify(token).await
    }

    /// The caller whom the first valid one of these tokens names, and that token. A browser may send several cookies of one
    /// name; those that somebody else has set must not hide the valid one. A single token is verified and nothing else is
    /// read.
    pub async fn choose<'a>(&self, tokens: &'a [String]) -> Result<(Caller, &'a str), AuthError> {
        if let [only] = tokens {
            return Ok((self.verify(only).await?, only));
        }
        let mut refused = None;
        for token in tokens {
            let counts = async {
                let caller = self.verify(token).await?;
                self.admit(caller.clone()).await?;
                Ok(caller)
            };
            match counts.await {
                Ok(caller) => return Ok((caller, token)),
                Err(error @ (AuthError::KeysUnavailable(_) | AuthError::DirectoryUnavailable(_))) => {
                    return Err(error);
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or(AuthError::Invalid("no token")))
    }

    /// Whether that still counts; the caller with the directory's role, where it knows one. One call. Who is seen for the
    /// first time is written down.
    pub async fn admit(&self, mut caller: Caller) -> Result<Caller, AuthError> {
        let state = self.directory.access_state(&caller.user, &caller.token).await?;
        state.check_access(caller.issued_at)?;
        self.note_sight(&caller, state.user.as_ref()).await;
        if let Some(user) = state.user {
            if user.role_at.is_some() {
                caller.role = user.role;
            }
            if user.profile_at.is_some() {
                caller.profile = Some(user.profile);
            }
        }
        Ok(caller)
    }

    /// Takes a ticket for the caller it stands for, if that still counts.
    pub async fn redeem(&self, ticket: &str) -> Result<Caller, AuthError> {
        match self.directory.take_ticket(ticket).await? {
            Some(caller) => self.admit(caller).await,
            None => Err(AuthError::Invalid("ticket")),
        }
    }

    /// Makes a ticket for the caller.
    pub async fn issue_ticket(&self, caller: &Caller) -> Result<Ticket, StoreError> {
        self.directory.issue_ticket(caller).await
    }

    /// Makes the caller's token worthless from now on.
    pub async fn revoke(&self, caller: &Caller) -> Result<(), StoreError> {
        self.directory.revoke(&caller.token, caller.expires_at).await
    }

    /// Keeps the directory's row up to the claims, where no event has spoken. The caller isn't kept out where that fails;
    /// the next request tries again.
    async fn note_sight(&self, caller: &Caller, known: Option<&User>) {
        let Some(profile) = &caller.profile else { return };
        let noted = self.directory.apply_claims(&caller.user, known, profile, caller.role.as_ref());
        if let Err(error) = noted.await {
            tracing::warn!(%error, "failed to store the claims of a user");
        }
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        Self::DirectoryUnavailable(error.to_string())
    }
}
