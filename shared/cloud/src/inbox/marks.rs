//! Reading how far a user has read.

use belfry_domain::{UserId, Watermarks};

use super::{
    Inbox,
    item::{META, MetaItem},
    text,
};
use crate::error::StoreError;

impl Inbox {
    /// The user's watermarks, read strongly consistently; none of them set where nothing was ever marked.
    pub async fn watermarks(&self, user: &UserId) -> Result<Watermarks, StoreError> {
        let found = self.item(user, text(META)).await?;
        let meta: MetaItem = found.map(serde_dynamo::from_item).transpose()?.unwrap_or_default();
        Ok(meta.into())
    }
}
