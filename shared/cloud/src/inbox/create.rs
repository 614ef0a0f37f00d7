//! Putting a new notification into its owner's inbox.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use belfry_domain::{ChangeId, Draft, Notification, NotificationId, State, Status, Timestamp};

use super::{Entry, Inbox, item::NotificationItem, page::RawItem, update::Update};
use crate::{clock, error::StoreError, retry::Attempts};

/// A commit that took longer is stamped again, because a watermark or a cursor may have passed it (rule 2).
const LATE_MILLIS: i64 = 2_000;

impl Inbox {
    /// Stores the draft as a new, unread notification and returns it as it was committed.
    ///
    /// Once this returns a notification, it is durable. On [`StoreError::Unavailable`] it may be, too.
    pub async fn create(&self, draft: Draft) -> Result<Notification, StoreError> {
        self.create_as(clock::mint_notification(), draft).await
    }

    /// The same under a name that the caller chose; whoever asks again by that name gets the notification of the first
    /// time, as it was when it was new.
    pub async fn create_as(&self, id: NotificationId, draft: Draft) -> Result<Notification, StoreError> {
        // Derived from the id's time, so that a repeated request gets the same answer.
        let expires_at = self.retention.of_new(id, id.timestamp());
        self.create_until(expires_at, Vec::new(), id, draft).await
    }

    /// After attempts with the changes `minted`, one of which may have been committed.
    pub(super) async fn create_after(
        &self,
        minted: Vec<ChangeId>,
        id: NotificationId,
        draft: Draft,
    ) -> Result<Notification, StoreError> {
        self.create_until(self.expiry(id), minted, id, draft).await
    }

    async fn create_until(
        &self,
        expires_at: Timestamp,
        mut minted: Vec<ChangeId>,
        id: NotificationId,
        draft: Draft,
    ) -> Result<Notification, StoreError> {
        let mut attempts = Attempts::default();
        loop {
            let notification = Notification { expires_at, ..self.fresh(id, draft.clone()) };
            minted.push(notification.state.changed);
            match self.put(&notification).await {
                Ok(None) => return Ok(self.restamp_if_late(notification).await),
                Ok(Some(found)) => {
                    let stored =
                        Notification { state: State { status: Status::Unread, ..found }, ..notification };
                    let ours = found.status == Status::Unread && minted.contains(&found.changed);
                    return Ok(if ours { self.restamp_if_late(stored).await } else { stored });
                }
                Err(error) => attempts.after(error).await?,
            }
        }
    }

    /// When a notification of that id expires that is stored now.
    fn expiry(&self, id: NotificationId) -> Timestamp {
        self.retention.of_new(id, clock::now())
    }

    /// A new notification, born now.
    pub(super) fn fresh(&self, id: NotificationId, draft: Draft) -> Notification {
        let Draft { user, content } = draft;
        Notification {
            id,
            user,
            content,
            state: State { status: Status::Unread, changed: clock::mint_change() },
            read_at: None,
            archived_at: None,
            snoozed_until: None,
            expires_at: self.expiry(id),
            count: 1,
        }
    }

    /// The item of a new notification.
    pub(super) fn stored(&self, notification: &Notification) -> Result<RawItem, StoreError> {
        Ok(serde_dynamo::to_item(NotificationItem::of(notification)?.traced(self.trace.as_ref()))?)
    }

    /// One attempt. Where the item is there already, its state: an earlier attempt had committed.
    pub(super) async fn put(&self, notification: &Notification) -> Result<Option<State>, StoreError> {
        self.put_item(self.stored(notification)?).await
    }

    /// The same with whatever else the item is to hold.
    pub(super) async fn put_item(&self, item: RawItem) -> Result<Option<State>, StoreError> {
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#item)")
            .expression_attribute_names("#item", "item")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else { return Ok(None) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                match Entry::parse(failed.item.clone().unwrap_or_default().into())? {
                    Entry::Notification(earlier) => Ok(Some(earlier.state)),
                    Entry::Tombstone { state, .. } => Ok(Some(state)),
                    Entry::Watermarks(..) => Err(StoreError::Unreadable("a notification's key".to_owned())),
                }
            }
            _ => Err(error.into()),
        }
    }

    /// Gives a late commit a new change id, unless its state is no longer the one we wrote. The notification is committed
    /// whatever happens here, so there is one attempt, and a failure is logged and not returned.
    pub(super) async fn restamp_if_late(&self, mut notification: Notification) -> Notification {
        let age = clock::now().as_millis() - notification.state.changed.timestamp().as_millis();
        if age <= LATE_MILLIS {
            return notification;
        }
        let state = State { changed: clock::mint_change(), ..notification.state };
        let update = Update::of(self, &notification.user, notification.id, state);
        match self.replace_state(notification.state, update).await {
            Ok(true) => notification.state = state,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "failed to restamp a late commit"),
        }
        notification
    }
}
