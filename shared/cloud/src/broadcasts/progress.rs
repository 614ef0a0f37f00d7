//! How far a broadcast is: one row, changed by conditional updates only.

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use belfry_domain::NotificationId;
use serde::{Deserialize, Serialize};

use super::{Broadcasts, row_key};
use crate::{StoreError, directory::Position, retry::Attempts};

pub(super) const PROGRESS: &str = "progress";

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Recipients are looked up and delivered to.
    Delivering,
    /// All recipients were delivered to.
    Delivered,
    /// No further ones are.
    Cancelled,
    /// No further ones are, and it is taken back from those who were.
    Recalled,
}

impl Stage {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Recalled => "recalled",
        }
    }
}

/// How far a broadcast is. A page is claimed, then delivered; at most one page is claimed and not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How many pages of recipients are written down.
    pub pages: u32,
    /// How many pages are delivered.
    pub delivered_pages: u32,
    /// How many recipients those have.
    pub recipients: u32,
    /// How many of those recipients failed: the table refuses their notification permanently.
    pub failed: u32,
    /// Where the audience goes on behind the pages; none at its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// There is no further page.
    pub exhausted: bool,
    /// Which version of the content is wanted; a recall counts as one.
    pub revision: u32,
    /// The version that every recipient so far has.
    pub revised: u32,
    /// How many pages have the wanted version.
    pub revised_pages: u32,
    /// How often somebody has asked to go through the pages again with the same version.
    #[serde(default)]
    pub round: u32,
    /// The last round that everybody has had.
    #[serde(default)]
    pub revised_round: u32,
    /// Who claimed the last page.
    #[serde(default)]
    pub claimed_by: String,
    /// On how many pages the failed recipients were tried again; none if no retry was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retried_pages: Option<u32>,
    /// How many recipients of those pages failed again.
    #[serde(default)]
    pub still_failed: u32,
}

impl Progress {
    pub(super) const fn begun() -> Self {
        Self {
            stage: Stage::Delivering,
            pages: 0,
            delivered_pages: 0,
            recipients: 0,
            failed: 0,
            position: None,
            exhausted: false,
            revision: 0,
            revised: 0,
            revised_pages: 0,
            round: 0,
            revised_round: 0,
            claimed_by: String::new(),
            retried_pages: None,
            still_failed: 0,
        }
    }

    /// Whether somebody has to go on with it.
    pub const fn is_unfinished(&self) -> bool {
        matches!(self.stage, Stage::Delivering)
            || self.is_revising()
            || self.has_undelivered_page()
            || self.is_retrying()
    }

    /// Whether a recipient may not have the wanted version yet.
    pub const fn is_revising(&self) -> bool {
        self.revised < self.revision || self.revised_round < self.round
    }

    /// Whether the failed recipients are to be tried again once all pages are delivered.
    pub const fn is_retrying(&self) -> bool {
        matches!(self.stage, Stage::Delivered) && self.retried_pages.is_some()
    }

    /// Whether a page was claimed and not noted as delivered. A recalled broadcast doesn't need it.
    pub const fn has_undelivered_page(&self) -> bool {
        self.delivered_pages < self.pages && !matches!(self.stage, Stage::Recalled)
    }
}

/// What came of a conditional update: the row as it then is, or as it is without it.
pub(super) enum Updated {
    Written(Progress),
    Refused(Progress),
}

impl Broadcasts {
    /// How far it is; none where there is no such broadcast.
    pub async fn progress(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        Ok(self.row(id, PROGRESS).await?.map(serde_dynamo::from_item).transpose()?)
    }

    pub(super) fn update(&self, id: NotificationId) -> UpdateItemFluentBuilder {
        self.directory
            .writes
            .update_item()
            .table_name(&self.directory.table)
            .set_key(Some(row_key(id, PROGRESS)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

/// Sends it until there is an answer. Where one is lost the next attempt may be refused for what the lost one did: that is
/// for the caller to see.
pub(super) async fn updated(update: UpdateItemFluentBuilder) -> Result<Option<Updated>, StoreError> {
    let mut attempts = Attempts::default();
    loop {
        match update.clone().send().await {
            Ok(written) => {
                let row = written.attributes.unwrap_or_default();
                return Ok(Some(Updated::Written(serde_dynamo::from_item(row)?)));
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let found = failed.item.clone().map(serde_dynamo::from_item).transpose()?;
                    return Ok(found.map(Updated::Refused));
                }
                _ => attempts.after(error.into()).await?,
            },
        }
    }
}
