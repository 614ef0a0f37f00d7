//! Alerts that may repeat: an item of theirs knows which of them it stands for, and each counts once (rule 6 of
//! `docs/consistency.md`).

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use belfry_domain::{
    Action, ChangeId, Content, Draft, Notification, NotificationId, State, Status, Timestamp, UserId,
};
use uuid::Uuid;

use super::{
    Entry, Inbox,
    item::{CONTENT, COUNT, FOLDED, NotificationItem},
    notification_key, number,
    page::RawItem,
    text,
    update::Update,
    user_key,
};
use crate::{clock, error::StoreError, retry::Attempts};

/// When the latest of the alerts happened that an item stands for.
const FOLDED_AT: &str = "folded_at";

/// An item remembers so many alerts, and once it knows more of them only the latest half: an alert that is delivered again
/// comes soon.
pub const MAX_DEDUP_TOKENS: usize = 128;

/// Something that happened, for one user.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Whom it is for.
    pub user: UserId,
    /// The name of the notification that it makes where it is the first.
    pub id: NotificationId,
    /// When it happened. A time ahead of the clock counts as now: an alert from a fast clock must not absorb later alerts,
    /// nor keep them from changing the text.
    pub at: Timestamp,
    /// What the notification says.
    pub content: Content,
}

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It is a new notification.
    New,
    /// It was counted into one that was there.
    Counted,
    /// It had been before.
    Known,
    /// The notification was archived or deleted by its owner, and stays so.
    Closed,
}

/// What an update met that was refused.
enum Met {
    Nothing,
    Known(Option<Box<Notification>>),
    Closed,
    Later,
    Ahead(ChangeId),
}

impl Alert {
    /// The time that folding uses: never ahead of the clock.
    pub(crate) fn happened_at(&self) -> Timestamp {
        self.at.min(clock::now())
    }
}

impl Inbox {
    /// Counts the alert into that notification, or makes it where it isn't there. Doing it again, after an error or not,
    /// does it once.
    pub async fn fold(&self, into: NotificationId, alert: &Alert) -> Result<Folded, StoreError> {
        let mut attempts = Attempts::default();
        let mut minted = Vec::new();
        let (mut create, mut latest, mut floor) = (into == alert.id, true, ChangeId::MIN);
        loop {
            let tried = if create {
                self.create_folding(into, alert, &mut minted).await
            } else {
                self.count_in(into, alert, latest, floor, &mut minted).await
            };
            match tried {
                Ok(Ok(folded)) => return Ok(folded),
                Ok(Err(Met::Known(found))) => {
                    if let Some(found) = found.filter(|found| minted.contains(&found.state.changed)) {
                        self.restamp_if_late(*found).await;
                    }
                    return Ok(Folded::Known);
                }
                Ok(Err(Met::Closed)) => return Ok(Folded::Closed),
                Ok(Err(met)) => {
                    match met {
                        Met::Later => latest = false,
                        Met::Ahead(changed) => floor = changed,
                        _ => create = !create,
                    }
                    attempts.after_conflict()?;
                }
                Err(error) => attempts.after(error).await?,
            }
        }
    }

    async fn create_folding(
        &self,
        id: NotificationId,
        alert: &Alert,
        minted: &mut Vec<ChangeId>,
    ) -> Result<Result<Folded, Met>, StoreError> {
        let draft = Draft { user: alert.user.clone(), content: alert.content.clone() };
        let notification = self.fresh(id, draft);
        minted.push(notification.state.changed);
        let mut item = self.stored(&notification)?;
        item.insert(FOLDED.to_owned(), AttributeValue::Ss(vec![dedup_token(alert.id)]));
        item.insert(FOLDED_AT.to_owned(), number(alert.happened_at().as_millis()));
        if self.put_item(item).await?.is_some() {
            return Ok(Err(Met::Nothing));
        }
        self.restamp_if_late(notification).await;
        Ok(Ok(Folded::New))
    }

    /// One attempt. What happened before the latest of the others counts, and says nothing new.
    async fn count_in(
        &self,
        id: NotificationId,
        alert: &Alert,
        latest: bool,
        floor: ChangeId,
        minted: &mut Vec<ChangeId>,
    ) -> Result<Result<Folded, Met>, StoreError> {
        let now = clock::now();
        let state = State { status: Status::Unread, changed: clock::mint_change().max(floor.successor()) };
        minted.push(state.changed);
        let mut update = Update::of(self, &alert.user, id, state)
            .doing(Action::MarkUnread, now, now, self.retention)
            .increment(COUNT)
            .add_to_set(FOLDED, dedup_token(alert.id));
        if latest {
            update = self.saying(update, alert)?.set(FOLDED_AT, number(alert.happened_at().as_millis()));
        }
        let is_latest = if latest { " AND #folded_at <= :folded_at" } else { "" };
        let update = update
            .on_condition(format!(
                "attribute_exists(#state) AND #changed < :changed AND #expires_at > :now AND NOT contains(#folded, :mark) \
                 AND (begins_with(#state, :u) OR begins_with(#state, :r) OR begins_with(#state, :s)){is_latest}"
            ))
            .expression_attribute_values(":mark", AttributeValue::S(dedup_token(alert.id)))
            .expression_attribute_values(":now", number(now.as_seconds()))
            .expression_attribute_values(":u", text("u#"))
            .expression_attribute_values(":r", text("r#"))
            .expression_attribute_values(":s", text("s#"));
        match update.send().await {
            Ok(written) => {
                let item = written.attributes.unwrap_or_default();
                self.forget_dedup_tokens(alert, id, &item).await;
                if let Entry::Notification(notification) = Entry::parse(item.into())? {
                    self.restamp_if_late(*notification).await;
                }
                Ok(Ok(Folded::Counted))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    met(failed.item.clone().unwrap_or_default(), alert, state.changed).map(Err)
                }
                _ => Err(error.into()),
            },
        }
    }

    /// With what the alert says instead of what was said before.
    fn saying(&self, mut update: Update, alert: &Alert) -> Result<Update, StoreError> {
        let draft = Draft { user: alert.user.clone(), content: alert.content.clone() };
        let mut item: RawItem = serde_dynamo::to_item(NotificationItem::of(&self.fresh(alert.id, draft))?)?;
        for name in CONTENT {
            update = match item.remove(name) {
                Some(value) => update.set(name, value),
                None => update.remove(name),
            };
        }
        Ok(update)
    }

    /// Keeps the set of marks small. Where that fails the next alert tries again. Neither this alert's mark goes, which may be
    /// late, nor that of the alert the item is named after: without it the item was made by another.
    async fn forget_dedup_tokens(&self, alert: &Alert, id: NotificationId, item: &RawItem) {
        let Some(AttributeValue::Ss(marks)) = item.get(FOLDED) else { return };
        if marks.len() <= MAX_DEDUP_TOKENS {
            return;
        }
        let mut oldest = marks.clone();
        oldest.sort_unstable();
        oldest.truncate(marks.len() - MAX_DEDUP_TOKENS / 2);
        oldest.retain(|old| *old != dedup_token(alert.id) && *old != dedup_token(id));
        let forget = self
            .writes
            .update_item()
            .table_name(&self.table)
            .key("user", user_key(&alert.user))
            .key("item", notification_key(id))
            .update_expression("DELETE #folded :oldest")
            .condition_expression("attribute_exists(#folded)")
            .expression_attribute_names("#folded", FOLDED)
            .expression_attribute_values(":oldest", AttributeValue::Ss(oldest));
        if let Err(error) = forget.send().await {
            let error = StoreError::from(error);
            tracing::warn!(%error, "failed to trim dedup tokens");
        }
    }
}

/// Why an update was refused, by the item as it is.
fn met(item: RawItem, alert: &Alert, tried: ChangeId) -> Result<Met, StoreError> {
    if item.is_empty() {
        return Ok(Met::Nothing);
    }
    let known =
        matches!(item.get(FOLDED), Some(AttributeValue::Ss(marks)) if marks.contains(&dedup_token(alert.id)));
    let folded_at = item.get(FOLDED_AT).and_then(|at| at.as_n().ok()).and_then(|at| at.parse().ok());
    Ok(match Entry::parse(item.into())? {
        Entry::Notification(found) if known => Met::Known(Some(found)),
        _ if known => Met::Known(None),
        Entry::Notification(found) if found.expires_at <= clock::now() => Met::Closed,
        Entry::Notification(found) if found.state.status == Status::Archived => Met::Closed,
        Entry::Notification(found) if found.state.changed >= tried => Met::Ahead(found.state.changed),
        Entry::Notification(_) if folded_at > Some(alert.happened_at().as_millis()) => Met::Later,
        Entry::Notification(_) => Met::Ahead(tried),
        Entry::Tombstone { .. } | Entry::Watermarks(..) => Met::Closed,
    })
}

/// Which alert it is: its time first, so that the oldest are the smallest.
fn dedup_token(id: NotificationId) -> String {
    let mut mark = Uuid::from(id).simple().to_string();
    mark.truncate(24);
    mark
}
