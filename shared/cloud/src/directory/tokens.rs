//! Tokens that were given up before their time.

use belfry_domain::Timestamp;

use super::{Directory, Item, key, number};
use crate::{
    error::StoreError,
    identity::{LEEWAY_SECONDS, TokenHash},
    retry::until_answered,
};

pub(super) const REVOKED: &str = "revoked";

/// How long the row outlives the token, in seconds: as long as the verifier still takes it, and what rounding its end to
/// whole seconds may add on either side.
const OUTLIVES_SECONDS: i64 = LEEWAY_SECONDS as i64 + 2;

impl Directory {
    /// Makes a token worthless until nobody would take it anyway (rule 18 of `docs/consistency.md`). Only the hash
    /// is stored.
    pub async fn revoke(&self, token: &TokenHash, expires_at: Timestamp) -> Result<(), StoreError> {
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(token_key(token)))
            .item("expires_at", number(expires_at.as_seconds() + OUTLIVES_SECONDS));
        until_answered(|| put.clone().send()).await.map(drop)
    }
}

pub(super) fn token_key(token: &TokenHash) -> Item {
    key(format_args!("token#{token}"), REVOKED)
}
