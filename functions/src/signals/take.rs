//! Carrying out what events come to, once, however often and in whatever order they are delivered.

use belfry_cloud::{
    Accounts, Broadcasts, Directory, Inbox, StoreError, StormBreaker,
    inbox::{Alert, Folded},
};
use belfry_domain::{
    Content, CreateRequest, Event, EventSender, NotificationId, Recipients, Timestamp, UserId,
    body::InvalidBody,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::{
    effect::{Effect, News, To},
    understand,
};

/// How many users are told at the same time.
const CONCURRENT: usize = 16;

/// What carries out events.
#[derive(Clone, Debug)]
pub struct Signals {
    inbox: Inbox,
    directory: Directory,
    accounts: Accounts,
    storms: StormBreaker,
    broadcasts: Broadcasts,
}

/// An event that was understood.
#[derive(Clone, Debug)]
pub(crate) struct Signalled {
    name: NotificationId,
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
    /// The notifications that tell of it, of each user who is told.
    pub notifications: Vec<NotificationId>,
    /// The broadcast that tells further ones.
    pub broadcast: Option<NotificationId>,
    /// How many of the notifications are new.
    pub created: usize,
    /// How many it was counted into.
    pub folded: usize,
}

impl Signalled {
    pub(crate) fn of(event: &Event, sender: &EventSender) -> Result<Self, InvalidBody> {
        let caller = match sender {
            EventSender::Trusted => None,
            EventSender::Caller(caller) => Some(caller.as_str()),
        };
        // As JSON, so that no two pairs of texts are the same text.
        let scope = json!([caller, event.source.as_str()]).to_string();
        Ok(Self { name: event.name(sender), time: event.time, scope, effects: understand(event)? })
    }

    /// Whether it asks for something to be sent to an audience.
    pub(crate) fn opens_broadcast(&self) -> bool {
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
        storms: StormBreaker,
        broadcasts: Broadcasts,
    ) -> Self {
        Self { inbox, directory, accounts, storms, broadcasts }
    }

    /// Does what the event comes to, in the name of `sender`. After an error some of it may be done; doing it again
    /// does the rest.
    pub(crate) async fn take(&self, sender: &UserId, signalled: Signalled) -> Result<Taken, TakeError> {
        let Signalled { name, time, scope, effects } = signalled;
        let mut taken = Taken::default();
        for effect in effects {
            match effect {
                Effect::Tell(news) => {
                    let news = News { storm_key: news.storm_key.map(|key| format!("{scope}{key}")), ..news };
                    self.tell(name, time, news, &mut taken).await?;
                }
                Effect::Account(user, told) => self.accounts.note(&user, &told, time).await?,
                Effect::Send(request) => self.send(name, time, sender, &request, &mut taken).await?,
            }
        }
        Ok(taken)
    }

    async fn tell(
        &self,
        name: NotificationId,
        time: Timestamp,
        news: News,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let News { to, content, storm_key } = news;
        let users = match to {
            To::User(user) => vec![user],
            To::Role(role) => self.directory.all_with_role(&role.named()).await?,
        };
        self.tell_each(name, time, users, &content, storm_key.as_deref(), taken).await
    }

    async fn tell_each(
        &self,
        name: NotificationId,
        time: Timestamp,
        users: Vec<UserId>,
        content: &Content,
        key: Option<&str>,
        taken: &mut Taken,
    ) -> Result<(), StoreError> {
        let told = stream::iter(users).map(|user| {
            let alert = Alert { id: name.of_recipient(&user), user, at: time, content: content.clone() };
            async move { self.raise(alert, key).await }
        });
        let told: Vec<_> = told.buffered(CONCURRENT).try_collect().await?;
        for (notification, folded) in told {
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
        name: NotificationId,
        time: Timestamp,
        sender: &UserId,
        request: &CreateRequest,
        taken: &mut Taken,
    ) -> Result<(), TakeError> {
        if let Recipients::Audience(audience) = &request.recipients {
            if !self.broadcasts.open(name, sender, audience, &request.content).await? {
                return Err(
                    Event::refuse("id", "must not be that of an event that told something else").into()
                );
            }
            taken.broadcast = Some(name);
            return Ok(());
        }
        let users = request.drafts().into_iter().map(|draft| draft.user).collect();
        Ok(self.tell_each(name, time, users, &request.content, None, taken).await?)
    }
}
