//! Posting one user's changes to each of their connections.

use belfry_cloud::{Connection, ManagementError, StoreError, clock, inbox::NewestUnread, telemetry::Segment};
use belfry_domain::{ChangeId, Timestamp, Watermarks, frame::ServerFrame};
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::{
    Fanout,
    batch::{Change, UserChanges},
    delivery_counts::DeliveryCounts,
};

/// How many of a user's sockets are posted to at the same time.
const CONCURRENT_SOCKETS: usize = 64;

/// Who does this, in traces.
const SEGMENT: &str = "belfry-fanout";

/// One frame, and the change that it rings for.
struct Frame {
    text: String,
    rings: Option<ChangeId>,
}

impl Fanout {
    /// Posts the changes to all connections of the user, the frames of each connection in order, and starts no post
    /// after `until`. Costs one read if the user has no connection.
    pub(super) async fn push_changes(
        &self,
        user: &UserChanges,
        until: Instant,
    ) -> Result<DeliveryCounts, StoreError> {
        let start = clock::now();
        let mut counts = DeliveryCounts::default();
        let connections = self.connections.of(&user.user).await?;
        if connections.is_empty() {
            return Ok(counts);
        }
        let (marks, newest) =
            tokio::try_join!(self.inbox.watermarks(&user.user), self.inbox.newest_unread(&user.user))?;
        let frames = frames(&user.changes, &marks, &newest)?;
        let sockets = connections.len();
        let mut posts = stream::iter(connections)
            .map(|connection| {
                let span = tracing::error_span!("socket", connection = connection.connection);
                let frames = &frames;
                async move { self.post(&connection, frames, until).await }.instrument(span)
            })
            .buffer_unordered(CONCURRENT_SOCKETS);
        while let Some(posted) = posts.next().await {
            counts.add(posted);
        }
        self.trace(&user.changes, start, &[("sockets", sockets), ("posted", counts.posted())]);
        Ok(counts)
    }

    /// Stops at the first frame that fails: a silent socket must not hold up the batch, and one that comes back finds in
    /// its inbox what it missed.
    async fn post(&self, connection: &Connection, frames: &[Frame], until: Instant) -> DeliveryCounts {
        let mut counts = DeliveryCounts::default();
        for Frame { text, rings } in frames {
            let posted = self.post_in_turn(&connection.connection, text, until).await;
            counts.count_post(&posted, *rings);
            match posted {
                Ok(()) => {}
                Err(ManagementError::Gone) => {
                    self.forget_if_aged(connection).await;
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "failed to post a frame");
                    break;
                }
            }
        }
        counts
    }

    /// Sends a segment to X-Ray for each recorded request among those that rang.
    fn trace(&self, changes: &[Change], start: Timestamp, annotations: &[(&str, usize)]) {
        let segment = Segment { name: SEGMENT, start, end: clock::now(), annotations };
        for trace in changes.iter().filter_map(Change::trace) {
            self.tracer.send(trace, segment);
        }
    }

    /// Waits for its turn, unless the batch has taken too long by now.
    async fn post_in_turn(
        &self,
        connection: &str,
        frame: &str,
        until: Instant,
    ) -> Result<(), ManagementError> {
        let Ok(turn) = timeout_at(until, self.turns.acquire()).await else {
            return Err(ManagementError::Failed("the batch takes too long".to_owned()));
        };
        let posted = self.push.post(connection, frame).await;
        drop(turn);
        posted
    }

    async fn forget_if_aged(&self, connection: &Connection) {
        if connection.may_be_opening() {
            return;
        }
        if let Err(error) = self.connections.remove(&connection.user, &connection.connection).await {
            tracing::warn!(%error, "failed to remove a connection row");
        }
    }
}

/// The frames for the changes; the last one carries the count (rule 16 of `docs/consistency.md`).
fn frames(changes: &[Change], marks: &Watermarks, newest: &NewestUnread) -> Result<Vec<Frame>, StoreError> {
    let (unread, unseen) = (newest.count(marks), newest.unseen(marks));
    let last = changes.len().saturating_sub(1);
    let frame = |(index, change): (usize, &Change)| {
        let unread_count = (index == last).then_some(unread);
        let frame = match change {
            Change::Ring(notification, _) => ServerFrame::ring(notification, marks, unread_count),
            Change::Updated(notification) => ServerFrame::updated(notification, marks, unread_count),
            Change::State(notification) => ServerFrame::state(notification, marks, unread_count),
            Change::Deleted(id, state) => ServerFrame::deleted(*id, *state, unread_count),
            Change::ReadAll(mark) => ServerFrame::ReadAll { up_to: *mark, unread_count },
            Change::SeenAll(mark) => {
                ServerFrame::SeenAll { up_to: *mark, unseen_count: (index == last).then_some(unseen) }
            }
        };
        let text = frame.into_text().map_err(|error| StoreError::Unreadable(error.to_string()))?;
        Ok(Frame { text, rings: matches!(change, Change::Ring(..)).then(|| change.changed()) })
    };
    changes.iter().enumerate().map(frame).collect()
}
