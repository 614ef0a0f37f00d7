//! Pages of recipients: each is stored, claimed, and delivered.

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_domain::{NotificationId, UserId};

use super::{
    Broadcasts,
    progress::{Progress, Stage, Updated, updated},
    rows::UsersRow,
};
use crate::{
    StoreError,
    directory::{Members, number, text},
};

/// The recipients of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOfUsers {
    /// Which one it is; the first is 0.
    pub number: u32,
    /// Who is on it.
    pub users: Vec<UserId>,
}

/// What came of claiming a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is the claimer's; none where nobody was on it.
    Page(Option<PageOfUsers>, Progress),
    /// Another worker has claimed it, or the broadcast was cancelled or recalled.
    Not(Progress),
}

impl Broadcasts {
    /// Writes down these members as the next page and claims it for `by`, where nothing was claimed since `known` was read.
    ///
    /// Where somebody has written that page down without getting to claim it, theirs is the one: it may have been somebody
    /// who is only slow.
    pub async fn claim(
        &self,
        id: NotificationId,
        known: &Progress,
        members: Members,
        by: &str,
    ) -> Result<Claimed, StoreError> {
        let here = known.pages;
        let (users, next) = if members.users.is_empty() {
            (members.users, members.next)
        } else {
            let row = UsersRow::new(&members.users, members.next.clone())?;
            match self.put_new(id, &record(here), serde_dynamo::to_item(row)?).await? {
                None => (members.users, members.next),
                Some(earlier) => {
                    let earlier: UsersRow = serde_dynamo::from_item(earlier)?;
                    (earlier.users()?, earlier.next)
                }
            }
        };
        let pages = here + u32::from(!users.is_empty());
        let update = self
            .update(id)
            .update_expression(
                "SET #pages = :pages, #exhausted = :exhausted, #claimed_by = :by".to_owned()
                    + if next.is_some() { ", #position = :next" } else { " REMOVE #position" },
            )
            .condition_expression(
                "#stage = :delivering AND #pages = :number AND #delivered_pages = :number AND #exhausted = :no \
                 AND #claimed_by = :before"
                    .to_owned()
                    + if known.position.is_some() {
                        " AND #position = :position"
                    } else {
                        " AND attribute_not_exists(#position)"
                    },
            )
            .expression_attribute_names("#pages", "pages")
            .expression_attribute_names("#delivered_pages", "delivered_pages")
            .expression_attribute_names("#exhausted", "exhausted")
            .expression_attribute_names("#claimed_by", "claimed_by")
            .expression_attribute_names("#position", "position")
            .expression_attribute_names("#stage", "stage")
            .expression_attribute_values(":pages", number(i64::from(pages)))
            .expression_attribute_values(":number", number(i64::from(here)))
            .expression_attribute_values(":delivering", text(Stage::Delivering.name()))
            .expression_attribute_values(":exhausted", AttributeValue::Bool(next.is_none()))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":before", text(&known.claimed_by))
            .expression_attribute_values(":by", text(by));
        let update = match &next {
            Some(next) => update.expression_attribute_values(":next", text(next)),
            None => update,
        };
        let update = match &known.position {
            Some(position) => update.expression_attribute_values(":position", text(position)),
            None => update,
        };
        let page = (!users.is_empty()).then_some(PageOfUsers { number: here, users });
        match updated(update).await? {
            Some(Updated::Written(progress)) => Ok(Claimed::Page(page, progress)),
            // What a lost attempt of ours wrote.
            Some(Updated::Refused(progress)) if progress.claimed_by == by && progress.pages == pages => {
                Ok(Claimed::Page(page, progress))
            }
            Some(Updated::Refused(progress)) => Ok(Claimed::Not(progress)),
            None => Err(StoreError::Unreadable("a broadcast without its progress".to_owned())),
        }
    }

    /// A page that was written down; none where it is past its time.
    pub async fn page(&self, id: NotificationId, number: u32) -> Result<Option<PageOfUsers>, StoreError> {
        let Some(row) = self.row(id, &record(number)).await? else { return Ok(None) };
        let row: UsersRow = serde_dynamo::from_item(row)?;
        Ok(Some(PageOfUsers { number, users: row.users()? }))
    }

    /// Notes that the page is delivered. The failed recipients are stored on the page, so that they can be tried again.
    /// False if another worker has noted the page and claimed the next one.
    pub async fn complete_page(
        &self,
        id: NotificationId,
        page: &PageOfUsers,
        failed: &[UserId],
        by: &str,
    ) -> Result<(bool, Progress), StoreError> {
        if !failed.is_empty() {
            self.note_failed(id, page.number, failed).await?;
        }
        let update = self
            .update(id)
            .update_expression(
                "SET delivered_pages = :next, recipients = recipients + :users, failed = failed + :failed",
            )
            .condition_expression("delivered_pages = :number AND pages = :next")
            .expression_attribute_values(":number", number(i64::from(page.number)))
            .expression_attribute_values(":next", number(i64::from(page.number) + 1))
            .expression_attribute_values(":users", size(page.users.len()))
            .expression_attribute_values(":failed", size(failed.len()));
        match updated(update).await? {
            Some(Updated::Written(progress)) => Ok((true, progress)),
            // A lost attempt of ours may have noted it.
            Some(Updated::Refused(progress)) => Ok((progress.claimed_by == by, progress)),
            None => Err(StoreError::Unreadable("a broadcast without its progress".to_owned())),
        }
    }
}

fn size(count: usize) -> AttributeValue {
    AttributeValue::N(count.to_string())
}

pub(super) fn record(number: u32) -> String {
    format!("page#{number:010}")
}
