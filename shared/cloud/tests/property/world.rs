//! A history: each turn happens to the store and to the model, and both must say the same of it.

use std::time::{Duration, Instant};

use belfry_cloud::{StoreError, clock};
use belfry_domain::{
    Action, Content, CreateRequest, Draft, Notification, NotificationId, NotificationType, Status, UserId,
    edit::Revision,
};
use fastrand::Rng;
use serde_json::json;

use crate::{
    compare::{self, same},
    model::{Deed, HOUR, Model, Place},
    step::{self, Step, Turn, Way},
    support::{store::Store, user},
    time, walk,
};

const TURNS: usize = 30;

/// "Mark all read" tells what is older than ten seconds from what is younger; the model, what is from before the last
/// pass of time from what came after.
const YOUNG: Duration = Duration::from_secs(5);

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) owner: UserId,
    pub(crate) model: Model,
    pub(crate) rng: Rng,
    /// The unread list as it was last seen.
    pub(crate) unread: Vec<NotificationId>,
    /// What has happened.
    pub(crate) told: Vec<String>,
    passed_at: Instant,
}

impl World {
    pub(crate) async fn new(seed: u64) -> Self {
        Self {
            store: Store::direct().await,
            owner: user("ana"),
            model: Model::default(),
            rng: Rng::with_seed(seed),
            unread: Vec::new(),
            told: Vec::new(),
            passed_at: Instant::now(),
        }
    }

    /// All turns, or up to the first difference.
    pub(crate) async fn live(&mut self) -> Result<(), String> {
        for _ in 0..TURNS {
            let turn = step::next(&mut self.rng, self.model.cards.len());
            self.told.push(format!("{turn:?}"));
            self.take(turn).await?;
            self.model.wake();
            compare::everything(self).await?;
            walk::one(self).await?;
        }
        Ok(())
    }

    async fn take(&mut self, Turn { hours, step }: Turn) -> Result<(), String> {
        self.pass(hours).await;
        match step {
            Step::Create { kind, by } => self.create(kind, by).await,
            Step::Act { at, deed } => self.act(at, deed).await,
            Step::MarkAll => {
                if self.passed_at.elapsed() > YOUNG {
                    self.pass(1).await;
                }
                let read = self.store.inbox.mark_all_read(&self.owner).await.unwrap();
                same("marked", &read, &self.model.mark_all())
            }
            Step::See { below } => self.see(below).await,
            Step::Edit { at, kind, archive } => self.edit(at, kind, archive).await,
        }
    }

    async fn pass(&mut self, hours: i64) {
        if hours > 0 {
            time::pass(&self.store, &self.owner, hours * HOUR).await;
            self.model.now += hours * HOUR;
            self.passed_at = Instant::now();
        }
    }

    async fn create(&mut self, kind: NotificationType, by: Way) -> Result<(), String> {
        let count = if let Way::Together(count) = by { count } else { 1 };
        let first = self.model.cards.len();
        let drafts: Vec<_> = (first..first + count).map(|n| draft(&format!("Card {n}"), kind)).collect();
        let inbox = &self.store.inbox;
        let created: Vec<Notification> = match by {
            Way::Alone => vec![inbox.create(drafts[0].clone()).await.unwrap()],
            Way::Replayed => {
                let id = clock::mint_notification();
                let once = inbox.create_as(id, drafts[0].clone()).await.unwrap();
                let again = inbox.create_as(id, drafts[0].clone()).await.unwrap();
                same("a replay", &again, &once)?;
                vec![once]
            }
            Way::Together(_) => inbox.create_many(drafts).await.into_iter().map(Result::unwrap).collect(),
        };
        let told =
            created.into_iter().enumerate().map(|(n, new)| (new.id, format!("Card {}", first + n), kind));
        self.model.create(told.collect());
        Ok(())
    }

    async fn act(&mut self, at: usize, deed: Deed) -> Result<(), String> {
        let id = self.model.cards[at].id;
        let action = match deed {
            Deed::Read => Action::MarkRead,
            Deed::Unread => Action::MarkUnread,
            Deed::Archive => Action::Archive,
            Deed::Unarchive => Action::Unarchive,
            Deed::Snooze(seconds) => Action::Snooze(clock::now().plus_millis(1000 * seconds)),
            Deed::Delete => {
                let there = self.model.living(at).is_some() || self.model.cards[at].place == Place::Deleted;
                self.model.act(at, deed);
                return same("deleted", &self.store.inbox.delete(&self.owner, id).await.unwrap(), &there);
            }
        };
        let answer = self.store.act(&self.owner, id, action).await.unwrap();
        let expected = self.model.act(at, deed).map(|card| statuses(card.place));
        let status = answer.map(|answer| answer.state.status);
        match expected {
            Some(statuses) if status.is_some_and(|status| statuses.contains(&status)) => Ok(()),
            None if status.is_none() => Ok(()),
            _ => Err(format!("the answer is {status:?}, not {expected:?}")),
        }
    }

    async fn see(&mut self, below: Option<usize>) -> Result<(), String> {
        let rank = |id| self.model.cards.iter().find(|card| card.id == id).map(|card| card.rank);
        let ranks: Vec<_> = self.unread.iter().map(|id| rank(*id)).collect();
        let chosen = below.and_then(|below| *ranks.get(below)?);
        // The newest of those that changed together stands for all of them.
        let shown = ranks.iter().position(|rank| rank.is_some() && *rank == chosen).map(|at| self.unread[at]);
        if below.is_some() && shown.is_none() {
            return Ok(());
        }
        let up_to = match shown {
            Some(id) => Some(self.store.state(&self.owner, id).await.changed),
            None => None,
        };
        let unseen = self.store.inbox.mark_seen(&self.owner, up_to).await.unwrap();
        same("unseen", &unseen, &self.model.see(chosen))
    }

    async fn edit(&mut self, at: usize, kind: NotificationType, archive: bool) -> Result<(), String> {
        let title = format!("Edit {}", self.told.len());
        let revised =
            self.store.inbox.revise::<StoreError>(&self.owner, self.model.cards[at].id, |found, marks| {
                let content = Content {
                    title: title.clone().try_into().unwrap(),
                    notification_type: kind,
                    ..found.content.clone()
                };
                let action = Some(Action::Archive).filter(|action| archive && found.admits(*action, marks));
                Ok(Revision { content: Some(content), action })
            });
        let revised = revised.await.unwrap().is_some();
        same("edited", &revised, &self.model.edit(at, &title, kind, archive))
    }
}

fn draft(title: &str, kind: NotificationType) -> Draft {
    let body = json!({ "user": "ana", "title": title, "message": "…", "notification_type": kind.name() });
    CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0)
}

/// The statuses by which a place may be stored.
fn statuses(place: Place) -> &'static [Status] {
    match place {
        Place::Unread | Place::ReadWithAll => &[Status::Unread],
        Place::Read => &[Status::Read],
        Place::Archive => &[Status::Archived],
        Place::Asleep { .. } => &[Status::Snoozed],
        Place::Deleted => &[],
    }
}
