//! Changing one's mind: cancelling, editing, recalling.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use belfry_domain::{Content, NotificationId};

use super::{
    Broadcast, Broadcasts,
    progress::{Progress, Stage, Updated, updated},
    row_key,
    rows::{CONTENT, json},
};
use crate::{
    StoreError,
    directory::{number, text},
    retry::until_answered,
};

impl Broadcasts {
    /// Stops the delivery to further recipients; a page that is being delivered is finished. Returns the progress after
    /// that, or none if there is no such broadcast.
    pub async fn cancel(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET stage = :cancelled")
            .condition_expression("stage = :delivering")
            .expression_attribute_values(":cancelled", text(Stage::Cancelled.name()))
            .expression_attribute_values(":delivering", text(Stage::Delivering.name()));
        Ok(updated(update).await?.map(progress_of))
    }

    /// Notes that everybody was delivered to, unless the broadcast was cancelled or recalled meanwhile.
    pub async fn finish(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET stage = :delivered")
            .condition_expression("stage = :delivering AND exhausted = :yes AND delivered_pages = pages")
            .expression_attribute_values(":delivered", text(Stage::Delivered.name()))
            .expression_attribute_values(":delivering", text(Stage::Delivering.name()))
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        Ok(updated(update).await?.map(progress_of))
    }

    /// Changes the content, also for those who have it already. False if somebody else has edited the broadcast since
    /// it was read, or if it was recalled. If it has that content already, an edit that was interrupted is completed.
    ///
    /// The content is written before the revision, so that a worker that sees a revision finds at least its content.
    pub async fn edit(&self, broadcast: &Broadcast, content: &Content) -> Result<bool, StoreError> {
        let latest = broadcast.progress.revision.max(broadcast.revision);
        if *content != broadcast.content {
            let next = latest + 1;
            if !self.write_content(broadcast, content, next).await? {
                return Ok(false);
            }
            return self.want_and_ask(broadcast.id, next).await;
        }
        if latest == broadcast.progress.revision && !broadcast.progress.is_revising() {
            Ok(true)
        } else {
            self.want_and_ask(broadcast.id, latest).await
        }
    }

    /// False where somebody else has edited it since.
    async fn write_content(
        &self,
        broadcast: &Broadcast,
        content: &Content,
        next: u32,
    ) -> Result<bool, StoreError> {
        let said = json(content)?;
        let edit = self
            .directory
            .writes
            .update_item()
            .table_name(&self.directory.table)
            .set_key(Some(row_key(broadcast.id, CONTENT)))
            .update_expression("SET content = :content, revision = :next")
            .condition_expression("revision = :revision OR (revision = :next AND content = :content)")
            .expression_attribute_values(":content", text(said))
            .expression_attribute_values(":revision", number(i64::from(broadcast.revision)))
            .expression_attribute_values(":next", number(i64::from(next)));
        let attempt = async || match edit.clone().send().await {
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            answer => answer.map(|_| true),
        };
        until_answered(attempt).await
    }

    async fn want_and_ask(&self, id: NotificationId, revision: u32) -> Result<bool, StoreError> {
        let progress = self.want(id, revision).await?;
        self.ask(id).await?;
        Ok(progress.is_some_and(|progress| progress.stage != Stage::Recalled))
    }

    /// Notes that everybody is to have that version of the content. Returns how far it is then; none where there is no such
    /// broadcast.
    pub async fn want(&self, id: NotificationId, revision: u32) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET revision = :next, revised_pages = :none")
            .condition_expression("revision < :next AND stage <> :recalled")
            .expression_attribute_values(":next", number(i64::from(revision)))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":recalled", text(Stage::Recalled.name()));
        Ok(updated(update).await?.map(progress_of))
    }

    /// Takes it back from everybody. Returns how far it is then; none where there is no such broadcast.
    pub async fn recall(&self, id: NotificationId) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .update_expression("SET stage = :recalled, revision = revision + :one, revised_pages = :none")
            .condition_expression("stage <> :recalled")
            .expression_attribute_values(":recalled", text(Stage::Recalled.name()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":none", number(0));
        let Some(progress) = updated(update).await?.map(progress_of) else { return Ok(None) };
        self.ask(id).await?;
        Ok(Some(progress))
    }

    /// Notes that everybody on that page has what is wanted, or that everybody has where it was the last.
    pub async fn revised(
        &self,
        id: NotificationId,
        known: &Progress,
        pages: u32,
    ) -> Result<Option<Progress>, StoreError> {
        let update = self
            .update(id)
            .condition_expression(
                "revision = :revision AND (attribute_not_exists(round) OR round = :round) AND revised_pages <= :pages",
            )
            .expression_attribute_values(":revision", number(i64::from(known.revision)))
            .expression_attribute_values(":round", number(i64::from(known.round)))
            .expression_attribute_values(":pages", number(i64::from(pages)));
        let update = if pages < known.pages {
            update.update_expression("SET revised_pages = :pages")
        } else {
            update
                .update_expression("SET revised_pages = :pages, revised = :revision, revised_round = :round")
        };
        Ok(updated(update).await?.map(progress_of))
    }
}

pub(super) fn progress_of(updated: Updated) -> Progress {
    match updated {
        Updated::Written(progress) | Updated::Refused(progress) => progress,
    }
}
