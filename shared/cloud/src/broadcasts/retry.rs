//! Tries the failed recipients of a broadcast again.
//!
//! A retry goes through all pages once more. The failed recipients of a page are written on the page itself first, and only
//! then the page counts as done; so a worker that is killed in between does the page again and the numbers stay right.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use belfry_domain::{NotificationId, UserId};

use super::{
    Broadcasts,
    change::progress_of,
    pages::record,
    progress::{Progress, Stage, updated},
    row_key,
    rows::{UsersRow, json},
};
use crate::{
    StoreError,
    directory::{number, text},
    retry::until_answered,
};

impl Broadcasts {
    /// Requests another attempt for the failed recipients, and another pass over all pages if the broadcast was edited
    /// or recalled. A cancelled broadcast stays cancelled. Returns the progress after that; none if there is no such
    /// broadcast.
    pub async fn retry(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET retried_pages = :none, still_failed = :none")
            .condition_expression("stage = :delivering OR stage = :delivered")
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":delivering", text(Stage::Delivering.name()))
            .expression_attribute_values(":delivered", text(Stage::Delivered.name()));
        let Some(mut progress) = updated(update).await?.map(progress_of) else { return Ok(None) };
        if progress.revision > 0 {
            // An edit or a recall may have failed for some recipients, too; these are not stored.
            let Some(again) = self.revise_again(id).await? else { return Ok(None) };
            progress = again;
        }
        self.ask(id).await?;
        Ok(Some(progress))
    }

    /// Requests another pass over all pages with the wanted version. None if there is no such broadcast.
    pub async fn revise_again(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET round = if_not_exists(round, :none) + :one, revised_pages = :none")
            .condition_expression("attribute_exists(stage)")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        Ok(updated(update).await?.map(progress_of))
    }

    /// The failed recipients on that page.
    pub async fn failed_recipients(
        &self,
        id: NotificationId,
        number: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        let Some(row) = self.row(id, &record(number)).await? else { return Ok(Vec::new()) };
        serde_dynamo::from_item::<_, UsersRow>(row)?.failed()
    }

    /// Stores the failed recipients on that page.
    pub async fn note_failed(
        &self,
        id: NotificationId,
        number: u32,
        failed: &[UserId],
    ) -> Result<(), StoreError> {
        let failed = AttributeValue::S(json(&failed)?);
        let note = self
            .directory
            .writes
            .update_item()
            .table_name(&self.directory.table)
            .set_key(Some(row_key(id, &record(number))))
            .update_expression("SET failed = :failed")
            .condition_expression("attribute_exists(entity)")
            .expression_attribute_values(":failed", failed);
        let attempt = async || match note.clone().send().await {
            // The page has expired.
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            answer => answer.map(drop),
        };
        until_answered(attempt).await
    }

    /// Notes that the failed recipients of that page were tried again, and how many failed again.
    pub async fn retried(
        &self,
        id: NotificationId,
        page: u32,
        still_failed: usize,
    ) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET retried_pages = :next, still_failed = still_failed + :failed")
            .condition_expression("retried_pages = :page AND stage = :delivered")
            .expression_attribute_values(":page", number(i64::from(page)))
            .expression_attribute_values(":next", number(i64::from(page) + 1))
            .expression_attribute_values(":failed", AttributeValue::N(still_failed.to_string()))
            .expression_attribute_values(":delivered", text(Stage::Delivered.name()));
        Ok(updated(update).await?.map(progress_of))
    }

    /// Notes that all pages were tried again.
    pub async fn finish_retry(
        &self,
        id: NotificationId,
        known: &Progress,
    ) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET failed = :failed REMOVE retried_pages, still_failed")
            .condition_expression("retried_pages = :pages AND still_failed = :failed AND stage = :delivered")
            .expression_attribute_values(":pages", number(i64::from(known.pages)))
            .expression_attribute_values(":failed", number(i64::from(known.still_failed)))
            .expression_attribute_values(":delivered", text(Stage::Delivered.name()));
        Ok(updated(update).await?.map(progress_of))
    }
}
