//! After an edit or a recall: every recipient gets the new content, or the notification is deleted.

use belfry_cloud::{
    Broadcast, StoreError,
    broadcasts::{PageOfUsers, Stage},
    telemetry::UserHash,
};
use belfry_domain::{NotificationId, UserId, edit::Revision};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use super::{Done, Remaining, Worker};

/// How many inboxes are changed at the same time.
const CONCURRENT: usize = 16;

impl Worker {
    /// Goes through the pages until everybody has what is wanted, or the time is up. Where something else is wanted
    /// meanwhile it begins again.
    pub(super) async fn revise(
        &self,
        broadcast: &mut Broadcast,
        until: Instant,
        done: &mut Done,
    ) -> Result<Remaining, StoreError> {
        while !matches!(broadcast.progress.stage, Stage::Delivering) && broadcast.progress.is_revising() {
            if Instant::now() >= until {
                return Ok(Remaining::Work);
            }
            let (known, number) = (broadcast.progress.clone(), broadcast.progress.revised_pages);
            if number < known.pages
                && let Some(page) = self.broadcasts.page(broadcast.id, number).await?
                && let Remaining::Work = self.revise_page(broadcast.id, &page, until, done).await?
            {
                return Ok(Remaining::Work);
            }
            let through = (number + 1).min(known.pages);
            let Some(progress) = self.broadcasts.revised(broadcast.id, &known, through).await? else {
                return Ok(Remaining::Nothing);
            };
            broadcast.progress = progress;
        }
        Ok(Remaining::Nothing)
    }

    /// Where something else is wanted by the time the page is written, it is written once more: it may have undone what
    /// another worker wrote meanwhile. If there is no time for that, it requests another pass over all pages.
    pub(super) async fn revise_page(
        &self,
        id: NotificationId,
        page: &PageOfUsers,
        until: Instant,
        done: &mut Done,
    ) -> Result<Remaining, StoreError> {
        loop {
            self.pace.wait_for(page.users.len()).await;
            let Some(broadcast) = self.broadcasts.get(id).await? else { return Ok(Remaining::Nothing) };
            let failed = self.revise_users(&broadcast, page.users.clone()).await?;
            done.revised += page.users.len() - failed;
            done.failed += failed;
            let wanted = self.broadcasts.progress(id).await?;
            if wanted.is_none_or(|wanted| wanted.revision == broadcast.progress.revision) {
                return Ok(Remaining::Nothing);
            }
            if Instant::now() >= until {
                self.broadcasts.revise_again(id).await?;
                return Ok(Remaining::Work);
            }
        }
    }

    /// Revises the notification of each user, and returns how many DynamoDB refused. One refusal doesn't stop the others.
    async fn revise_users(&self, broadcast: &Broadcast, users: Vec<UserId>) -> Result<usize, StoreError> {
        let revised = stream::iter(users).map(|user| async move {
            match Box::pin(self.revise_one(broadcast, &user)).await {
                Ok(()) => Ok(0),
                Err(error) if error.is_of_one_item() => {
                    tracing::error!(%error, user = %UserHash(&user), "failed to revise the notification of a recipient");
                    Ok(1)
                }
                Err(error) => Err(error),
            }
        });
        revised.buffer_unordered(CONCURRENT).try_fold(0, |failed, one| async move { Ok(failed + one) }).await
    }

    async fn revise_one(&self, broadcast: &Broadcast, user: &UserId) -> Result<(), StoreError> {
        let id = broadcast.id.derive_for_broadcast_user(user);
        if broadcast.progress.stage == Stage::Recalled {
            return self.inbox.recall(user, id).await;
        }
        let decide = |found: &belfry_domain::Notification, _: &_| {
            let content = (found.content != broadcast.content).then(|| broadcast.content.clone());
            Ok::<_, StoreError>(Revision { content, action: None })
        };
        self.inbox.revise(user, id, decide).await.map(drop)
    }
}
