//! Marking everything read: one write moves the watermark, whatever the count (rule 4 of `docs/consistency.md`).

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use belfry_domain::{ChangeId, Letter, State, UserId, Watermarks, watermark::READ_HISTORY};

use futures::{StreamExt, TryStreamExt, stream};

use super::{
    DAY_MILLIS, Inbox,
    item::{META, MetaItem},
    number, text,
    unread::UnreadKey,
    user_key,
};
use crate::{clock, error::StoreError, retry::until_answered};

/// How many items are updated at the same time.
const CONCURRENT_UPDATES: usize = 16;

impl Inbox {
    /// Marks read what was committed when this looked, and returns how many that were.
    ///
    /// The watermark stays ten seconds behind the clock; what is newer than that is marked one by one, each on
    /// condition that it is still as it was seen. Asking again after an error is safe.
    pub async fn mark_all_read(&self, user: &UserId) -> Result<usize, StoreError> {
        let mark = Watermarks::read_mark_at(clock::now());
        let before = self.move_read_watermark(user, mark).await?;
        let unread = self.unread_keys(user, before.read).await?;
        let (newer, covered): (Vec<_>, Vec<_>) = unread.into_iter().partition(|key| key.changed > mark);
        let one_by_one = stream::iter(newer)
            .map(|key| async move { self.read_as_seen(user, &key).await })
            .buffer_unordered(CONCURRENT_UPDATES)
            .try_fold(0, async |count, read| Ok(count + usize::from(read)));
        let one_by_one = one_by_one.await?;
        if before.read_history.len() + 1 >= 2 * READ_HISTORY {
            self.trim_history(user).await;
        }
        Ok(covered.len() + one_by_one)
    }

    /// Moves the mark, only ever forward, and returns the marks as they were. Where somebody else has moved it
    /// further already, those are what it finds.
    async fn move_read_watermark(&self, user: &UserId, mark: ChangeId) -> Result<Watermarks, StoreError> {
        // The marks outlive all that they mark.
        let end = clock::now().plus_millis(self.retention_millis + DAY_MILLIS);
        let update = self
            .update_meta(user)
            .update_expression(
                "SET read_watermark = :mark, expires_at = :end, \
                 read_watermarks = list_append(:newest, if_not_exists(read_watermarks, :none))",
            )
            .condition_expression("attribute_not_exists(read_watermark) OR read_watermark < :mark")
            .expression_attribute_values(":mark", text(mark))
            .expression_attribute_values(":end", number(end.as_seconds()))
            .expression_attribute_values(
                ":newest",
                AttributeValue::L(vec![number(mark.timestamp().as_millis())]),
            )
            .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let attempt = async || match update.clone().send().await {
            Ok(moved) => Ok(moved.attributes),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
                _ => Err(error),
            },
        };
        let before = until_answered(attempt).await?;
        let before: MetaItem = before.map(serde_dynamo::from_item).transpose()?.unwrap_or_default();
        let mut before = Watermarks::from(before);
        if before.read == Some(mark) {
            // An earlier attempt of ours had committed: the mark before it is the one before.
            before.read = before.read_history.get(1).copied();
        }
        Ok(before)
    }

    /// False where the item has changed since it was seen.
    async fn read_as_seen(&self, user: &UserId, key: &UnreadKey) -> Result<bool, StoreError> {
        let seen = State { letter: Letter::Unread, changed: key.changed };
        let id = key.id()?;
        let attempt = || {
            let changed = clock::mint_change().max(key.changed.successor());
            self.replace_state(user, id, seen, State { letter: Letter::Read, changed })
        };
        until_answered(attempt).await
    }

    /// Drops the older half of the history: one more write in twenty. Another time will do where it fails.
    async fn trim_history(&self, user: &UserId) {
        let older: Vec<_> =
            (READ_HISTORY..2 * READ_HISTORY).map(|at| format!("read_watermarks[{at}]")).collect();
        let update = self.update_meta(user).update_expression(format!("REMOVE {}", older.join(", ")));
        if let Err(error) = update.condition_expression("attribute_exists(read_watermarks)").send().await {
            tracing::warn!(error = %StoreError::from(error), "the history of watermarks was not trimmed");
        }
    }

    fn update_meta(&self, user: &UserId) -> UpdateItemFluentBuilder {
        self.writes.update_item().table_name(&self.table).key("user", user_key(user)).key("item", text(META))
    }
}
