//! Tokens that were given up before their time.

use belfry_domain::Timestamp;

use super::{Directory, Item, key, number};
use crate::{auth::TokenHash, error::StoreError, retry::until_answered};

pub(super) const REVOKED: &str = "revoked";

impl Directory {
    /// Makes a token worthless until it would have expired anyway (rule 18 of `docs/consistency.md`). Only the hash
    /// is stored.
    pub async fn revoke(&self, token: &TokenHash, expires_at: Timestamp) -> Result<(), StoreError> {
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(token_key(token)))
            .item("expires_at", number(expires_at.as_seconds()));
        until_answered(|| put.clone().send()).await.map(drop)
    }
}

pub(super) fn token_key(token: &TokenHash) -> Item {
    key(format_args!("token#{token}"), REVOKED)
}
