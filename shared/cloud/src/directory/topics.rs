//! Topics, and who has subscribed to them: one row each, in the partition of the topic, so that whoever has subscribed is
//! read strongly consistently.

use belfry_domain::{UserId, text::Topic};

use super::{Directory, Item, key};
use crate::{error::StoreError, retry::until_answered};

pub(super) const SUBSCRIBER: &str = "user#";

impl Directory {
    /// Subscribes the user to the topic; again is no error.
    pub async fn subscribe(&self, user: &UserId, topic: &Topic) -> Result<(), StoreError> {
        let put = self.writes.put_item().table_name(&self.table);
        let put = put.set_item(Some(subscription_key(user, topic)));
        until_answered(|| put.clone().send()).await.map(drop)
    }

    /// Ends the user's subscription; one that isn't there has ended already.
    pub async fn unsubscribe(&self, user: &UserId, topic: &Topic) -> Result<(), StoreError> {
        let delete = self.writes.delete_item().table_name(&self.table);
        let delete = delete.set_key(Some(subscription_key(user, topic)));
        until_answered(|| delete.clone().send()).await.map(drop)
    }

    /// Whether the user has subscribed to the topic.
    pub async fn is_subscribed(&self, user: &UserId, topic: &Topic) -> Result<bool, StoreError> {
        let get = self.reads.get_item().table_name(&self.table).consistent_read(true);
        Ok(get.set_key(Some(subscription_key(user, topic))).send().await?.item.is_some())
    }
}

fn subscription_key(user: &UserId, topic: &Topic) -> Item {
    key(topic_entity(topic), &format!("{SUBSCRIBER}{user}"))
}

pub(super) fn topic_entity(topic: &Topic) -> String {
    format!("topic#{topic}")
}
