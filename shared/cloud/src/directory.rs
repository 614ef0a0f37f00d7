//! What is known of users and their credentials; here, which tokens were revoked before their time.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_domain::Timestamp;

use crate::{auth::TokenHash, aws::Aws, error::StoreError, retry::until_answered};

const REVOKED: &str = "revoked";

/// The table `directory`.
#[derive(Clone, Debug)]
pub struct Directory {
    reads: Client,
    writes: Client,
    table: String,
}

impl Directory {
    /// The table of that name.
    pub fn new(aws: &Aws, table: impl Into<String>) -> Self {
        Self { reads: aws.reads(), writes: aws.writes(), table: table.into() }
    }

    /// Makes a token worthless until it would have expired anyway (rule 18 of `docs/consistency.md`). Only the hash
    /// is stored.
    pub async fn revoke(&self, token: &TokenHash, expires_at: Timestamp) -> Result<(), StoreError> {
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .item("entity", entity(token))
            .item("record", AttributeValue::S(REVOKED.to_owned()))
            .item("expires_at", AttributeValue::N(expires_at.as_seconds().to_string()));
        until_answered(|| put.clone().send()).await.map(drop)
    }

    /// Whether the token was revoked.
    pub async fn is_revoked(&self, token: &TokenHash) -> Result<bool, StoreError> {
        let found = self
            .reads
            .get_item()
            .table_name(&self.table)
            .consistent_read(true)
            .key("entity", entity(token))
            .key("record", AttributeValue::S(REVOKED.to_owned()))
            .send()
            .await?;
        Ok(found.item.is_some())
    }
}

fn entity(token: &TokenHash) -> AttributeValue {
    AttributeValue::S(format!("token#{token}"))
}
