//! The retry policy: a write is repeated with backoff until the store has accepted or refused it.

use std::time::Duration;

use crate::error::StoreError;

/// How often one write is attempted at most.
const MAX_ATTEMPTS: u32 = 5;

/// How often another write may come first, so that the condition fails.
const MAX_CONFLICTS: u32 = 20;

/// Attempts a write until the store has answered; `attempt` makes a new request each time.
pub(crate) async fn until_answered<T, E, F>(mut attempt: impl FnMut() -> F) -> Result<T, StoreError>
where
    E: Into<StoreError>,
    F: Future<Output = Result<T, E>>,
{
    let mut attempts = Attempts::default();
    loop {
        match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(error) => attempts.after(error.into()).await?,
        }
    }
}

/// Counts the attempts of one write and waits between them: exponential backoff from 25 ms with full jitter.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failed: u32,
    conflicts: u32,
}

impl Attempts {
    /// After a failed attempt: returns when the next one may start, or returns the error when there is none left
    /// or none would help.
    pub(crate) async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.failed += 1;
        if self.failed >= MAX_ATTEMPTS || !matches!(error, StoreError::Unavailable(_)) {
            return Err(error);
        }
        let ceiling = 25_u64 << self.failed;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=ceiling))).await;
        Ok(())
    }

    /// After a conflict with another writer: returns at once, since the next attempt carries a newer change id.
    pub(crate) fn after_conflict(&mut self) -> Result<(), StoreError> {
        self.conflicts += 1;
        if self.conflicts >= MAX_CONFLICTS {
            return Err(StoreError::Unavailable("too many conflicting writes".to_owned()));
        }
        Ok(())
    }
}
