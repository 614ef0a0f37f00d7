//! What became of the frames of a batch.

use belfry_cloud::{ManagementError, clock, telemetry::Metric};
use belfry_domain::ChangeId;

/// A batch's frames, by how they ended. What was not tried after a frame that failed is not among them.
#[derive(Debug, Default)]
pub(super) struct DeliveryCounts {
    posted: usize,
    gone: usize,
    throttled: usize,
    failed: usize,
    /// How long each ring took from its change to the answer of its socket, in milliseconds.
    delays: Vec<i64>,
}

impl DeliveryCounts {
    /// Notes how the post of a frame ended just now, which rings for that change if for any.
    pub(super) fn count_post(&mut self, posted: &Result<(), ManagementError>, rung: Option<ChangeId>) {
        match posted {
            Ok(()) => {
                self.posted += 1;
                let delay = |rung: ChangeId| clock::now().as_millis() - rung.timestamp().as_millis();
                // Another instance's clock may be ahead.
                self.delays.extend(rung.map(|rung| delay(rung).max(0)));
            }
            Err(ManagementError::Gone) => self.gone += 1,
            Err(ManagementError::Throttled) => self.throttled += 1,
            Err(ManagementError::Failed(_)) => self.failed += 1,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.posted += other.posted;
        self.gone += other.gone;
        self.throttled += other.throttled;
        self.failed += other.failed;
        self.delays.extend(other.delays);
    }

    /// How many were taken.
    pub(super) const fn posted(&self) -> usize {
        self.posted
    }

    pub(super) fn into_metrics(self) -> Vec<Metric> {
        vec![
            Metric::count("FramesPosted", self.posted),
            Metric::count("FramesGone", self.gone),
            Metric::count("FramesThrottled", self.throttled),
            Metric::count("FramesFailed", self.failed),
            Metric::millis("EndToEndDelay", self.delays),
        ]
    }
}
