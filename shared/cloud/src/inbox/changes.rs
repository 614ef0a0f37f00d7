//! Everything that changed since a point in time: what a client that was away has missed. First which notifications
//! changed, which is cheap, then what they say, a batch at a time, so that whoever reads can stop.

use std::collections::HashMap;

use belfry_domain::{ChangeId, NotificationId, State, Status, UserId, frame::Change};
use futures::{Stream, StreamExt, future::try_join_all, stream};

use super::{Inbox, unread::StateKey};
use crate::error::StoreError;

/// BatchGetItem takes no more keys.
const BATCH: usize = 100;

/// How many batches are read at the same time. A batch of the largest notifications takes about 5 MB.
const CONCURRENT_BATCHES: usize = 2;

/// Which notifications changed, each once, in the order of their changes.
#[derive(Clone, Debug)]
pub struct ChangedKeys(Vec<(NotificationId, State)>);

impl ChangedKeys {
    /// How many notifications changed.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Inbox {
    /// Which notifications changed after `since`, read strongly consistently; `None` if there are more than `limit`. Costs
    /// one query for each status, and reads at most one key more than `limit` by each.
    pub async fn changed_keys(
        &self,
        user: &UserId,
        since: ChangeId,
        limit: u16,
    ) -> Result<Option<ChangedKeys>, StoreError> {
        let ranges = Status::ALL.map(|status| self.changed(user, status, since, limit));
        let mut newest: HashMap<NotificationId, State> = HashMap::new();
        // A notification that went from one status to another between two of the queries was found by both.
        for (id, state) in try_join_all(ranges).await?.into_iter().flatten() {
            let known = newest.entry(id).or_insert(state);
            if known.changed < state.changed {
                *known = state;
            }
        }
        if newest.len() > usize::from(limit) {
            return Ok(None);
        }
        let mut keys: Vec<_> = newest.into_iter().collect();
        keys.sort_unstable_by_key(|(_, state)| state.changed);
        Ok(Some(ChangedKeys(keys)))
    }

    /// These changes, read strongly consistently, up to a hundred at a time. Costs one call for each hundred; batches that
    /// nobody takes from the stream are not read, except one ahead.
    pub fn read_changes(
        &self,
        user: &UserId,
        keys: &ChangedKeys,
    ) -> impl Stream<Item = Result<Vec<Change>, StoreError>> {
        let batches: Vec<_> = keys.0.chunks(BATCH).map(<[_]>::to_vec).collect();
        stream::iter(batches).map(move |keys| self.read_batch(user, keys)).buffered(CONCURRENT_BATCHES)
    }

    async fn read_batch(
        &self,
        user: &UserId,
        keys: Vec<(NotificationId, State)>,
    ) -> Result<Vec<Change>, StoreError> {
        let (deleted, standing): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|(_, state)| state.status == Status::Deleted);
        let ids: Vec<_> = standing.into_iter().map(|(id, _)| id).collect();
        let standing = self.get_many(user, &ids).await?.into_values().map(Box::new).map(Change::Notification);
        let deleted = deleted.into_iter().map(|(id, state)| Change::Deleted(id, state));
        let mut changes: Vec<_> = standing.chain(deleted).collect();
        changes.sort_by_key(Change::changed);
        Ok(changes)
    }

    /// What went to that status after `since`; one more than `limit` where there is more.
    async fn changed(
        &self,
        user: &UserId,
        status: Status,
        since: ChangeId,
        limit: u16,
    ) -> Result<Vec<(NotificationId, State)>, StoreError> {
        let query = self.by_letter(user, status, Some(since)).limit(i32::from(limit) + 1);
        let query = query.projection_expression("#item, #state").expression_attribute_names("#item", "item");
        let mut pages = query.into_paginator().send();
        let mut found = Vec::new();
        while found.len() <= usize::from(limit)
            && let Some(page) = pages.next().await
        {
            for key in serde_dynamo::from_items::<_, StateKey>(page?.items.unwrap_or_default())? {
                found.push((key.id()?, key.state()?));
            }
        }
        Ok(found)
    }
}
