//! Tries the failed recipients of a broadcast again, after `retry/` has asked for it.

use belfry_cloud::{Broadcast, StoreError, broadcasts::PageOfUsers};
use tokio::time::Instant;

use super::{Done, Left, Worker};

impl Worker {
    /// Goes through the pages until all failed recipients are tried, or the time is up.
    pub(super) async fn retry(
        &self,
        broadcast: &mut Broadcast,
        until: Instant,
        done: &mut Done,
    ) -> Result<Left, StoreError> {
        while broadcast.progress.is_retrying()
            && let Some(number) = broadcast.progress.retried_pages
        {
            if Instant::now() >= until {
                return Ok(Left::Unfinished);
            }
            let progress = if number < broadcast.progress.pages {
                let Some(still_failed) = self.retry_page(broadcast, number, until, done).await? else {
                    return Ok(Left::Unfinished);
                };
                self.broadcasts.retried(broadcast.id, number, still_failed).await?
            } else {
                self.broadcasts.finish_retry(broadcast.id, &broadcast.progress).await?
            };
            let Some(progress) = progress else { return Ok(Left::Finished) };
            broadcast.progress = progress;
        }
        Ok(Left::Finished)
    }

    /// Returns how many recipients of the page still can't be told; none if the time is up.
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
        done.told += failed.len() - still_failed.len();
        done.failed += still_failed.len();
        // An edit or a recall that came meanwhile may have been through this page before they were told.
        let wanted = self.broadcasts.progress(broadcast.id).await?;
        if wanted.is_some_and(|wanted| wanted.revision != broadcast.progress.revision) {
            let page = PageOfUsers { number, users: failed };
            if let Left::Unfinished = self.revise_page(broadcast.id, &page, until, done).await? {
                return Ok(None);
            }
        }
        Ok(Some(still_failed.len()))
    }
}
