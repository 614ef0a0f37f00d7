//! Carrying out what events come to, once, however often and in whatever order they are delivered.

use belfry_cloud::{
    Accounts, Broadcasts, Deduplicator, Directory, Inbox, StoreError,
    inbox::{Alert, Folded},
};
use belfry_domain::{
    Content, CreateRequest, Event, EventSender, NotificationId, Recipients, Timestamp, UserId,
    body::InvalidBody,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::{
    effect::{Effect, OutgoingNotification, To},
    understand,
};

/// How many users are notified at the same time.
const CONCURRENT: usize = 16;

/// What carries out events.
#[derive(Clone, Debug)]
pub struct Signals {
    inbox: Inbox,
    directory: Directory,
    accounts: Accounts,
    storms: Deduplicator,
    broadcasts: Broadcasts,
}

/// An event that was understood.
#[derive(Clone, Debug)]
pub(crate) struct UnderstoodEvent {
    id: NotificationId,
    time: Timestamp,
    /// Whose alerts repeat each other: those of one sender and one source.
    scope: String,
    effects: Vec<Effect>,
}

/// Why an event was not taken, or not whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    /// It should come again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It will not be taken.
    #[error(transparent)]
    Invalid(#[from] InvalidBody),
}

/// What an event came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The notifications that the event became, one for each notified user.
    pub notifications: Vec<NotificationId>,
    /// The broadcast that notifies further users.
    pub broadcast: Option<NotificationId>,
    /// How many of the notifications are new.
    pub created: usize,
    /// How many it was counted into.
    pub folded: usize,
}

impl UnderstoodEvent {
    pub(crate) fn of(event: &Event, sender: &EventSender) -> Result<Self, InvalidBody> {
        let caller = match sender {
            EventSender::Trusted => None,
            EventSender::Caller(caller) => Some(caller.as_str()),
        };
        // As JSON, so that no two pairs of texts are the same text.
        let scope = json!([caller, event.source.as_str()]).to_string();
        Ok(Self { id: event.derived_id(sender), time: event.time, scope, effects: understand(event)? })
    }

    /// Whether it asks for something to be sent to an audience.
    pub(crate) fn creates_broadcast(&self) -> bool {
        let is_audience = |request: &CreateRequest| matches!(request.recipients, Recipients::Audience(_));
        self.effects.iter().any(|effect| matches!(effect, Effect::Send(request) if is_audience(request)))
    }

    /// Whether it changes who may do what.
    pub(crate) fn changes_accounts(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Account(..)))
    }
}

impl Signals {
    /// Over these.
    pub const fn new(
        inbox: Inbox,
        directory: Directory,
        accounts: Accounts,
        storms: Deduplicator,
        broadcasts: Broadcasts,
    ) -> Self {
        Self { inbox, directory, accounts, storms, broadcasts }
    }

    /// Does what the event comes to, in the id of `sender`. After an error some of it may be done; doing it again
    /// does the rest.
    pub(crate) async fn take(&self, sender: &UserId, signalled: UnderstoodEvent) -> Result<Taken, TakeError> {
        let UnderstoodEvent { id, time, scope, effects } = signalled;
        let mut taken = Taken::default();
        for effect in effects {
            match effect {
                Effect::Notify(outgoing) => {
                    let outgoing = OutgoingNotification {
                        dedup_key: outgoing.dedup_key.map(|key| format!("{scope}{key}")),
                        ..outgoing
                    };
                    self.notify(id, time, outgoing, &mut taken).await?;
                }
                Effect::Account(user, event) => self.accounts.apply_event(&user, &event, time).await?,
                Effect::Send(request) => self.send(id, time, sender, &request, &mut taken).await?,
            }
        }
        Ok(taken)
    }

    async fn notify(
        &self,
        id: NotificationId,
        time: Timestamp,
        outgoing: OutgoingNotification,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let OutgoingNotification { to, content, dedup_key } = outgoing;
        let users = match to {
            To::User(user) => vec![user],
            To::Role(role) => self.directory.all_with_role(&role.named()).await?,
        };
        self.notify_users(id, time, users, &content, dedup_key.as_deref(), taken).await
    }

    async fn notify_users(
        &self,
        id: NotificationId,
        time: Timestamp,
        users: Vec<UserId>,
        content: &Content,
        key: Option<&str>,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let raised = stream::iter(users).map(|user| {
            let alert = Alert { id: id.derive_for_user(&user), user, at: time, content: content.clone() };
            async move { self.raise(alert, key).await }
        });
        let raised: Vec<_> = raised.buffered(CONCURRENT).try_collect().await?;
        for (notification, folded) in raised {
            taken.notifications.push(notification);
            taken.created += usize::from(folded == Folded::New);
            taken.folded += usize::from(folded == Folded::Counted);
        }
        Ok(())
    }

    async fn raise(&self, alert: Alert, key: Option<&str>) -> Result<(NotificationId, Folded), StoreError> {
        match key {
            Some(key) => {
                let raised = self.storms.raise(key, &alert).await?;
                Ok((raised.notification, raised.folded))
            }
            // An event is kept by what it makes: made again, it is known.
            None => Ok((alert.id, self.inbox.fold(alert.id, &alert).await?)),
        }
    }

    async fn send(
        &self,
        id: NotificationId,
        time: Timestamp,
        sender: &UserId,
        request: &CreateRequest,
        taken: &mut Taken,
    ) -> Result<(), TakeError> {
        if let Recipients::Audience(audience) = &request.recipients {
            if !self.broadcasts.create(id, sender, audience, &request.content).await? {
                return Err(Event::refuse("id", "must not be that of an event with other content").into());
            }
            taken.broadcast = Some(id);
            return Ok(());
        }
        let users = request.drafts().into_iter().map(|draft| draft.user).collect();
        Ok(self.notify_users(id, time, users, &request.content, None, taken).await?)
    }
}
