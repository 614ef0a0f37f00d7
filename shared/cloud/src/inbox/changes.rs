//! Everything that changed since a point in time: what a client that was away has missed.

use std::collections::BTreeSet;

use belfry_domain::{ChangeId, Letter, NotificationId, State, UserId, frame::Change};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};

use super::{Inbox, unread::StateKey};
use crate::error::StoreError;

/// BatchGetItem takes no more keys.
const BATCH: usize = 100;

/// How many batches are read at the same time.
const CONCURRENT_BATCHES: usize = 8;

impl Inbox {
    /// What changed after `since`, in the order of the changes, read strongly consistently; `None` where that is more than
    /// `limit`. Costs one query a letter, and one call for each hundred notifications.
    pub async fn changes(
        &self,
        user: &UserId,
        since: ChangeId,
        limit: usize,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let ranges = Letter::ALL.map(|letter| self.changed(user, letter, since, limit));
        let states: Vec<_> = try_join_all(ranges).await?.into_iter().flatten().collect();
        if states.len() > limit {
            return Ok(None);
        }
        let (deleted, standing): (Vec<_>, Vec<_>) =
            states.into_iter().partition(|(_, state)| state.letter == Letter::Deleted);
        // What went from one letter to another between two of the queries was found by both; BatchGetItem takes no key twice.
        let ids: Vec<NotificationId> = {
            let ids: BTreeSet<_> = standing.into_iter().map(|(id, _)| id).collect();
            ids.into_iter().collect()
        };
        let batches = stream::iter(ids.chunks(BATCH).map(<[_]>::to_vec).collect::<Vec<_>>());
        let found: Vec<_> = batches
            .map(|ids| async move { self.get_many(user, &ids).await })
            .buffer_unordered(CONCURRENT_BATCHES)
            .try_collect()
            .await?;
        let standing = found.into_iter().flatten().map(|(_, found)| Change::Notification(Box::new(found)));
        let deleted = deleted.into_iter().map(|(id, state)| Change::Deleted(id, state));
        let mut changes: Vec<_> = standing.chain(deleted).collect();
        changes.sort_by_key(Change::changed);
        Ok(Some(changes))
    }

    /// What went to that letter after `since`; one more than `limit` where there is more.
    async fn changed(
        &self,
        user: &UserId,
        letter: Letter,
        since: ChangeId,
        limit: usize,
    ) -> Result<Vec<(NotificationId, State)>, StoreError> {
        let query = self.by_letter(user, letter, Some(since));
        let query = query.projection_expression("#item, #state").expression_attribute_names("#item", "item");
        let mut pages = query.into_paginator().send();
        let mut found = Vec::new();
        while found.len() <= limit
            && let Some(page) = pages.next().await
        {
            for key in serde_dynamo::from_items::<_, StateKey>(page?.items.unwrap_or_default())? {
                found.push((key.id()?, key.state()?));
            }
        }
        Ok(found)
    }
}
