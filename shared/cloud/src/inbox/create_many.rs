//! Telling many users at once, 25 in one call to the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use belfry_domain::{Draft, Notification, NotificationId};
use futures::{StreamExt, stream};

use super::{CONCURRENT_UPDATES, Inbox, page::RawItem};
use crate::{clock, error::StoreError, retry::Attempts};

/// BatchWriteItem takes no more.
const BATCH: usize = 25;

/// How many batches are written at the same time.
const CONCURRENT_BATCHES: usize = 4;

/// What became of one draft.
pub(super) type Outcome = Result<Notification, StoreError>;

impl Inbox {
    /// Stores each draft as a new notification, and returns in their order what became of each.
    pub async fn create_many(&self, drafts: Vec<Draft>) -> Vec<Outcome> {
        let batches: Vec<_> = drafts.chunks(BATCH).map(<[Draft]>::to_vec).collect();
        let written =
            stream::iter(batches).map(|batch| self.create_batch(batch)).buffered(CONCURRENT_BATCHES);
        written.flat_map(stream::iter).collect().await
    }

    /// The same under names that the caller chose, one call each: only a call of its own can be made on condition that the
    /// name is new.
    pub async fn create_many_as(&self, drafts: Vec<(NotificationId, Draft)>) -> Vec<Outcome> {
        let created = stream::iter(drafts).map(|(id, draft)| self.create_as(id, draft));
        created.buffered(CONCURRENT_UPDATES).collect().await
    }

    /// What the table leaves unprocessed wasn't written and is tried again. Where an answer is lost the batch may have been
    /// written, and its owners may have touched it since: from there on each is created on condition.
    async fn create_batch(&self, drafts: Vec<Draft>) -> Vec<Outcome> {
        let named: Vec<_> = drafts.into_iter().map(|draft| (clock::mint_notification(), draft)).collect();
        let mut left = named.clone();
        let mut written = HashMap::new();
        let mut minted: HashMap<_, Vec<_>> = HashMap::new();
        let mut attempts = Attempts::default();
        while !left.is_empty() {
            let fresh: Vec<_> = left.iter().map(|(id, draft)| self.fresh(*id, draft.clone())).collect();
            for notification in &fresh {
                minted.entry(notification.id).or_default().push(notification.state.changed);
            }
            let Ok(unprocessed) = self.put_batch(&fresh).await else { break };
            let (again, done): (Vec<_>, Vec<_>) =
                fresh.into_iter().partition(|notification| unprocessed.contains(&notification.id));
            left.retain(|(id, _)| again.iter().any(|notification| notification.id == *id));
            for notification in done {
                written.insert(notification.id, self.restamp_if_late(notification).await);
            }
            let throttled = StoreError::Unavailable("unprocessed items".to_owned());
            if !left.is_empty() && attempts.after(throttled).await.is_err() {
                break;
            }
        }
        let rest = named
            .into_iter()
            .map(|(id, draft)| (written.remove(&id), minted.remove(&id).unwrap_or_default(), id, draft));
        let outcomes = stream::iter(rest).map(|(written, minted, id, draft)| async move {
            match written {
                Some(notification) => Ok(notification),
                None => self.create_after(minted, id, draft).await,
            }
        });
        outcomes.buffered(CONCURRENT_UPDATES).collect().await
    }

    /// One attempt; returns what the table left unprocessed.
    async fn put_batch(&self, fresh: &[Notification]) -> Result<Vec<NotificationId>, StoreError> {
        let requests =
            fresh.iter().map(|notification| self.put_request(notification)).collect::<Result<Vec<_>, _>>()?;
        let answer = self.writes.batch_write_item().request_items(&self.table, requests).send().await?;
        let left = answer.unprocessed_items.into_iter().flatten().flat_map(|(_, requests)| requests);
        left.filter_map(|request| request.put_request).map(|put| name(&put.item)).collect()
    }

    fn put_request(&self, notification: &Notification) -> Result<WriteRequest, StoreError> {
        let put = PutRequest::builder().set_item(Some(self.stored(notification)?)).build();
        let put = put.map_err(|error| StoreError::Refused(error.to_string()))?;
        Ok(WriteRequest::builder().put_request(put).build())
    }
}

fn name(item: &RawItem) -> Result<NotificationId, StoreError> {
    let key = item.get("item").and_then(|key| key.as_s().ok()).map_or("", String::as_str);
    super::item::notification_id(key)
}
