//! Lists of broadcasts: all of them, and those of one sender. Each is one partition whose rows name a broadcast, so that the
//! newest are found without looking through the table.

use belfry_domain::{NotificationId, UserId};
use futures::{StreamExt, TryStreamExt, stream};

use super::{Broadcast, Broadcasts};
use crate::{
    StoreError,
    directory::{Item, key, text},
};

/// How many broadcasts a page of a list has, at most. Each has up to 150 KB of content, and an answer of Lambda has at most
/// 6 MB.
const MAX_PAGE: usize = 10;

/// How many of them are read at the same time.
const CONCURRENT: usize = 10;

/// Some broadcasts of a list, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct BroadcastPage {
    /// At most 10; there may be fewer, or none, although the list goes on.
    pub broadcasts: Vec<Broadcast>,
    /// The broadcast after which the list goes on, if it does.
    pub next: Option<NotificationId>,
}

impl Broadcasts {
    /// The broadcasts of that sender, or all of them, newest first; only those after `after` if it is given.
    pub async fn list(
        &self,
        sender: Option<&UserId>,
        after: Option<NotificationId>,
    ) -> Result<BroadcastPage, StoreError> {
        let query = self
            .directory
            .reads
            .query()
            .table_name(&self.directory.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(MAX_PAGE).unwrap_or(i32::MAX))
            .projection_expression("#record")
            .expression_attribute_names("#record", "record")
            .expression_attribute_values(":list", text(list_entity(sender)));
        let query = match after {
            None => query.key_condition_expression("entity = :list"),
            Some(after) => query
                .key_condition_expression("entity = :list AND #record < :after")
                .expression_attribute_values(":after", text(after)),
        };
        let page = query.send().await?;
        let ids = page.items().iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        let next = page.last_evaluated_key().map(listed).transpose()?;
        let found = stream::iter(ids).map(|id| self.get(id)).buffered(CONCURRENT).try_collect::<Vec<_>>();
        // Broadcasts that have expired, or were never accepted, are left out.
        Ok(BroadcastPage { broadcasts: found.await?.into_iter().flatten().collect(), next })
    }

    /// Puts a broadcast into both of its lists.
    pub(super) async fn put_in_lists(&self, id: NotificationId, sender: &UserId) -> Result<(), StoreError> {
        for list in [None, Some(sender)] {
            self.put_new_at(key(list_entity(list), &id.to_string()), id, Item::new()).await?;
        }
        Ok(())
    }
}

fn list_entity(sender: Option<&UserId>) -> String {
    sender.map_or_else(|| "broadcasts".to_owned(), |sender| format!("broadcasts-of#{sender}"))
}

fn listed(row: &Item) -> Result<NotificationId, StoreError> {
    let id = row.get("record").and_then(|record| record.as_s().ok()?.parse().ok());
    id.ok_or_else(|| StoreError::Unreadable("a list of broadcasts".to_owned()))
}
