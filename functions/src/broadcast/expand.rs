//! From an audience to its recipients: each page is stored, claimed and delivered.

use belfry_cloud::{
    Broadcast, StoreError,
    broadcasts::{Claimed, PageOfUsers},
    telemetry::UserHash,
};
use belfry_domain::{Audience, Draft, UserId};
use tokio::time::Instant;

use super::{Done, Remaining, Worker, is_delivering};

/// So many are written in one call.
const BATCH: usize = 25;

impl Worker {
    /// Delivers pages until there are no further recipients, the broadcast is cancelled or recalled, or the time is up.
    pub(super) async fn expand(
        &self,
        broadcast: &mut Broadcast,
        until: Instant,
        done: &mut Done,
    ) -> Result<Remaining, StoreError> {
        let worker = uuid::Uuid::new_v4().to_string();
        // What the one before had claimed when it was cut off.
        if broadcast.progress.has_undelivered_page() {
            let number = broadcast.progress.pages - 1;
            if let Some(page) = self.broadcasts.page(broadcast.id, number).await? {
                self.deliver_page(broadcast, &page, &worker, done).await?;
            }
        }
        if !is_delivering(broadcast) {
            return Ok(Remaining::Nothing);
        }
        let audience = self.broadcasts.audience(broadcast).await?;
        while is_delivering(broadcast) && !broadcast.progress.exhausted {
            if Instant::now() >= until {
                return Ok(Remaining::Work);
            }
            if !self.tell_next(broadcast, &audience, &worker, done).await? {
                return Ok(Remaining::Nothing);
            }
        }
        if let Some(progress) = self.broadcasts.finish(broadcast.id).await? {
            broadcast.progress = progress;
        }
        Ok(Remaining::Nothing)
    }

    /// False where somebody else works on it: their message is on its way, too.
    async fn tell_next(
        &self,
        broadcast: &mut Broadcast,
        audience: &Audience,
        worker: &str,
        done: &mut Done,
    ) -> Result<bool, StoreError> {
        let members = self.directory.members(audience, broadcast.progress.position.as_ref()).await?;
        match self.broadcasts.claim(broadcast.id, &broadcast.progress, members, worker).await? {
            Claimed::Page(page, progress) => {
                broadcast.progress = progress;
                match page {
                    Some(page) => self.deliver_page(broadcast, &page, worker, done).await,
                    None => Ok(true),
                }
            }
            Claimed::Not(progress) => {
                let ended = progress.stage != broadcast.progress.stage;
                broadcast.progress = progress;
                Ok(ended)
            }
        }
    }

    /// Delivers a claimed page; nobody gets a notification twice. True if this worker has completed the page.
    async fn deliver_page(
        &self,
        broadcast: &mut Broadcast,
        page: &PageOfUsers,
        worker: &str,
        done: &mut Done,
    ) -> Result<bool, StoreError> {
        let failed = self.tell_users(broadcast, &page.users).await?;
        let (ours, progress) = self.broadcasts.complete_page(broadcast.id, page, &failed, worker).await?;
        broadcast.progress = progress;
        if ours {
            done.delivered += page.users.len() - failed.len();
            done.failed += failed.len();
        }
        Ok(ours)
    }

    /// Creates the notifications of these users, and returns the users who failed. A fault that isn't about one
    /// recipient is an error: a later attempt may succeed for all of them.
    pub(super) async fn tell_users(
        &self,
        broadcast: &mut Broadcast,
        users: &[UserId],
    ) -> Result<Vec<UserId>, StoreError> {
        self.refresh(broadcast).await?;
        let mut failed = Vec::new();
        for users in users.chunks(BATCH) {
            self.pace.wait_for(users.len()).await;
            let drafts = users.iter().map(|user| {
                let draft = Draft { user: user.clone(), content: broadcast.content.clone() };
                (broadcast.id.derive_for_broadcast_user(user), draft)
            });
            let outcomes = self.inbox.create_many_as(drafts.collect()).await;
            for (user, outcome) in users.iter().zip(outcomes) {
                match outcome {
                    Ok(_) => {}
                    Err(error) if error.is_of_one_item() => {
                        tracing::error!(%error, user = %UserHash(user), "failed to create the notification of a recipient");
                        failed.push(user.clone());
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(failed)
    }

    /// Says what is wanted now, where it was edited meanwhile.
    async fn refresh(&self, broadcast: &mut Broadcast) -> Result<(), StoreError> {
        if broadcast.revision < broadcast.progress.revision
            && let Some(fresh) = self.broadcasts.get(broadcast.id).await?
        {
            (broadcast.content, broadcast.revision) = (fresh.content, fresh.revision);
        }
        Ok(())
    }
}
