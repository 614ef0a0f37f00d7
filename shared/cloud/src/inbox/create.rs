//! Putting a new notification into its owner's inbox.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use belfry_domain::{Draft, Letter, Notification, NotificationId, State, Timestamp};

use super::{Entry, Inbox, item::NotificationItem};
use crate::{clock, error::StoreError, retry::until_answered};

/// A commit older than this is stamped again, lest a watermark or a cursor has already passed it (rule 2).
const LATE_MILLIS: i64 = 2_000;

impl Inbox {
    /// Stores the draft as a new, unread notification and returns it as it was committed.
    ///
    /// Once this returns a notification, it is durable. On [`StoreError::Unavailable`] it may be, too.
    pub async fn create(&self, draft: Draft) -> Result<Notification, StoreError> {
        let id = clock::mint_notification();
        let stored = until_answered(|| self.put(id, &draft)).await?;
        Ok(self.restamp_if_late(stored).await)
    }

    /// One attempt with a change id of its own. Finding the item there already means that an earlier attempt had
    /// committed, since nobody else knows the id.
    async fn put(&self, id: NotificationId, draft: &Draft) -> Result<Notification, StoreError> {
        let notification = self.fresh(id, draft);
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(serde_dynamo::to_item(NotificationItem::of(&notification)?)?))
            .condition_expression("attribute_not_exists(#item)")
            .expression_attribute_names("#item", "item")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else { return Ok(notification) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                match Entry::parse(failed.item.clone().unwrap_or_default().into())? {
                    Entry::Notification(earlier) => Ok(*earlier),
                    Entry::Tombstone { .. } | Entry::Watermarks(..) => Ok(notification),
                }
            }
            _ => Err(error.into()),
        }
    }

    fn fresh(&self, id: NotificationId, draft: &Draft) -> Notification {
        let Draft { user, content } = draft.clone();
        Notification {
            id,
            user,
            content,
            state: State { letter: Letter::Unread, changed: clock::mint_change() },
            read_at: None,
            // Whole seconds, as TTL keeps them: the answer to the sender is what is stored.
            expires_at: Timestamp::from_millis(
                (clock::now().as_seconds() + self.retention_millis / 1000) * 1000,
            ),
        }
    }

    /// Gives a late commit a new change id, unless its state is no longer the one we wrote. The notification is committed
    /// whatever happens here, so there is one attempt, and a failure is logged and not returned.
    async fn restamp_if_late(&self, mut notification: Notification) -> Notification {
        let age = clock::now().as_millis() - notification.state.changed.timestamp().as_millis();
        if age <= LATE_MILLIS || notification.state.letter != Letter::Unread {
            return notification;
        }
        let state = State { letter: Letter::Unread, changed: clock::mint_change() };
        match self.replace_state(&notification.user, notification.id, notification.state, state).await {
            Ok(true) => notification.state = state,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "a late commit keeps its early change id"),
        }
        notification
    }
}
