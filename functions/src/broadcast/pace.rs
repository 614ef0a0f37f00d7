//! How fast recipients are notified: single notifications share the tables, the stream and the connections with them.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// The slowest pace: at less, a page would take longer than an invocation may.
const MIN: u32 = 10;

/// So many a second at most, evenly.
#[derive(Debug)]
pub(super) struct Pace {
    each: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(per_second: u32) -> Self {
        Self { each: Duration::from_secs(1) / per_second.max(MIN), next: Mutex::new(Instant::now()) }
    }

    /// Waits until that many more recipients may be notified.
    pub(super) async fn wait_for(&self, recipients: usize) {
        let turn = {
            let mut next = self.next.lock().await;
            let turn = (*next).max(Instant::now());
            *next = turn + self.each * u32::try_from(recipients).unwrap_or(u32::MAX);
            turn
        };
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_second_holds_no_more_than_its_share() {
        let (pace, began) = (Pace::new(100), Instant::now());
        for _ in 0..9 {
            pace.wait_for(25).await;
        }
        assert_eq!(began.elapsed(), Duration::from_secs(2), "the first 25 go at once");
        tokio::time::advance(Duration::from_mins(1)).await;
        let rested = Instant::now();
        pace.wait_for(25).await;
        pace.wait_for(25).await;
        assert_eq!(rested.elapsed(), Duration::from_millis(250), "what was not used is not saved up");
    }
}
