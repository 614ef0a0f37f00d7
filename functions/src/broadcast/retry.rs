//! Tries the failed recipients of a broadcast again, after `retry/` has asked for it.

use belfry_cloud::{Broadcast, StoreError, broadcasts::PageOfUsers};
use tokio::time::Instant;

use super::{Done, Remaining, Worker};

impl Worker {
    /// Goes through the pages until all failed recipients are tried, or the time is up.
    pub(super) async fn retry(
        &self,
        broadcast: &mut Broadcast,
        until: Instant,
        done: &mut Done,
    ) -> Result<Remaining, StoreError> {
        while broadcast.progress.is_retrying()
            && let Some(number) = broadcast.progress.retried_pages
        {
            if Instant::now() >= until {
                return Ok(Remaining::Work);
            }
            let progress = if number < broadcast.progress.pages {
                let Some(still_failed) = self.retry_page(broadcast, number, until, done).await? else {
                    return Ok(Remaining::Work);
                };
                self.broadcasts.retried(broadcast.id, number, still_failed).await?
            } else {
                self.broadcasts.finish_retry(broadcast.id, &broadcast.progress).await?
            };
            let Some(progress) = progress else { return Ok(Remaining::Nothing) };
            broadcast.progress = progress;
        }
        Ok(Remaining::Nothing)
    }

    /// Returns how many recipients of the page failed again; none if the time is up.
    async fn retry_page(
        &self,
        broadcast: &mut Broadcast,
        number: u32,
        until: Instant,
        done: &mut Done,
    ) -> Result<Option<usize>, StoreError> {
        let failed = self.broadcasts.failed_recipients(broadcast.id, number).await?;
        if failed.is_empty() {
            return Ok(Some(0));
        }
        let still_failed = self.tell_users(broadcast, &failed).await?;
        self.broadcasts.note_failed(broadcast.id, number, &still_failed).await?;
        done.delivered += failed.len() - still_failed.len();
        done.failed += still_failed.len();
        // An edit or a recall may have passed this page before its failed recipients had a notification.
        let wanted = self.broadcasts.progress(broadcast.id).await?;
        if wanted.is_some_and(|wanted| wanted.revision != broadcast.progress.revision) {
            let page = PageOfUsers { number, users: failed };
            if let Remaining::Work = self.revise_page(broadcast.id, &page, until, done).await? {
                return Ok(None);
            }
        }
        Ok(Some(still_failed.len()))
    }
}
