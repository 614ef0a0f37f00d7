//! From a token to a caller.

use super::{AuthError, Caller, TokenSettings, TokenVerifier};
use crate::directory::Directory;

/// Accepts tokens that are valid and weren't revoked.
#[derive(Debug)]
pub struct Authenticator {
    verifier: TokenVerifier,
    directory: Directory,
}

impl Authenticator {
    /// Verifies by these settings and asks that directory for revocations.
    pub fn new(tokens: TokenSettings, directory: Directory) -> Self {
        Self { verifier: TokenVerifier::new(tokens), directory }
    }

    /// Tells who the caller is. Costs one read.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, AuthError> {
        let caller = self.verifier.verify(token).await?;
        match self.directory.is_revoked(&caller.token).await {
            Ok(false) => Ok(caller),
            Ok(true) => Err(AuthError::Revoked),
            Err(error) => Err(AuthError::DirectoryUnavailable(error.to_string())),
        }
    }

    /// Makes the caller's token worthless from now on.
    pub async fn revoke(&self, caller: &Caller) -> Result<(), crate::StoreError> {
        self.directory.revoke(&caller.token, caller.expires_at).await
    }
}
