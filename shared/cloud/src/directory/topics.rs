//! Topics, and who has subscribed to them: one row each, in the partition of the topic, so that whoever has subscribed is
//! read strongly consistently. How many topics a user has is counted on a row of the user's, in the same transaction.

use aws_sdk_dynamodb::{
    error::{BuildError, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{Delete, Put, TransactWriteItem, Update, builders::UpdateBuilder},
};
use belfry_domain::{UserId, text::Topic};

use super::{Directory, Item, key, number};
use crate::{error::StoreError, retry::until_answered};

pub(super) const SUBSCRIBER: &str = "user#";

/// How many topics a user may have subscribed to.
pub const MAX_TOPICS: u16 = 100;

/// The record that counts a user's topics.
const COUNT: &str = "topics";

/// The outcome of a transaction of two writes.
enum Committed {
    Both,
    /// Nothing was written: the condition of the first write failed, which is on the subscription.
    SubscriptionRefused,
    /// Nothing was written: only the condition of the second write failed, which is on the count.
    CountRefused,
}

impl Directory {
    /// Subscribes the user to the topic; doing it again is no error. False if they have [`MAX_TOPICS`] others already.
    pub async fn subscribe(&self, user: &UserId, topic: &Topic) -> Result<bool, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(subscription_key(user, topic)))
            .condition_expression("attribute_not_exists(entity)")
            .build();
        let count = self
            .count(user, "ADD topics :change")
            .expression_attribute_values(":change", number(1))
            .condition_expression("attribute_not_exists(topics) OR topics < :most")
            .expression_attribute_values(":most", number(MAX_TOPICS.into()));
        let subscription = TransactWriteItem::builder().put(put.map_err(|error| broken(&error))?).build();
        // A repeated attempt finds the subscription that an earlier one has written.
        Ok(!matches!(self.transact(subscription, count).await?, Committed::CountRefused))
    }

    /// Ends the user's subscription; one that isn't there has ended already.
    pub async fn unsubscribe(&self, user: &UserId, topic: &Topic) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(subscription_key(user, topic)))
            .condition_expression("attribute_exists(entity)")
            .build();
        // Without a condition, so that subscriptions from before they were counted can be ended, too.
        let count = self.count(user, "ADD topics :change").expression_attribute_values(":change", number(-1));
        let subscription =
            TransactWriteItem::builder().delete(delete.map_err(|error| broken(&error))?).build();
        self.transact(subscription, count).await.map(drop)
    }

    /// Whether the user has subscribed to the topic.
    pub async fn is_subscribed(&self, user: &UserId, topic: &Topic) -> Result<bool, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        Ok(get.set_key(Some(subscription_key(user, topic))).send().await?.item.is_some())
    }

    fn count(&self, user: &UserId, update: &str) -> UpdateBuilder {
        let key = key(format_args!("user#{user}"), COUNT);
        Update::builder().table_name(&self.table).set_key(Some(key)).update_expression(update)
    }

    async fn transact(
        &self,
        subscription: TransactWriteItem,
        count: UpdateBuilder,
    ) -> Result<Committed, StoreError> {
        let count =
            TransactWriteItem::builder().update(count.build().map_err(|error| broken(&error))?).build();
        let write = self.writes.transact_write_items().transact_items(subscription).transact_items(count);
        until_answered(async || match write.clone().send().await {
            Ok(_) => Ok(Committed::Both),
            Err(error) => refused(error),
        })
        .await
    }
}

/// Which condition failed, or an error if the transaction was cancelled for another reason.
fn refused(error: SdkError<TransactWriteItemsError>) -> Result<Committed, StoreError> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return Err(error.into());
    };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default()).collect();
    match codes.as_slice() {
        ["ConditionalCheckFailed", _] => Ok(Committed::SubscriptionRefused),
        [_, "ConditionalCheckFailed"] => Ok(Committed::CountRefused),
        // Another request wrote at the same time, or the table is throttled.
        _ => Err(StoreError::Unavailable(format!("transaction cancelled: {}", codes.join(", ")))),
    }
}

fn broken(error: &BuildError) -> StoreError {
    StoreError::Refused(error.to_string())
}

fn subscription_key(user: &UserId, topic: &Topic) -> Item {
    key(topic_entity(topic), &format!("{SUBSCRIBER}{user}"))
}

pub(super) fn topic_entity(topic: &Topic) -> String {
    format!("topic#{topic}")
}
