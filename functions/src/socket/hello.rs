//! Hello: where the inbox stands, and everything that its client has missed (rules 12 to 15 of `docs/consistency.md`).

use std::pin::pin;

use belfry_cloud::{
    Inbox, ManagementError, StoreError, clock,
    inbox::{ChangedKeys, NewestUnread},
    telemetry::Metric,
};
use belfry_domain::{
    ChangeId, Cursor, Direction, Timestamp, UserId, Watermarks,
    frame::{Reconnect, ServerFrame, Sync, SyncFrames, Welcome},
};
use futures::TryStreamExt;
use lambda_runtime::Error;

use super::{Socket, frame::FrameHandler};

/// The list that resume cursors belong to.
const RESUME: &str = "resume";

/// Commits arrive late and clocks differ: so far before the client's cursor its changes are read again.
const OVERLAP_MILLIS: i64 = 60_000;

/// A resume of more changes than this is large: it is counted across all instances.
pub const LARGE_RESUME_CHANGES: u16 = 200;

/// More changes than this are not brought one by one: the client loads its list anew.
pub const MAX_CHANGES: u16 = 5_000;

/// More sync frames than this are not sent either. At 32 KB each they are 4 MB in memory, and one to two seconds of posts.
pub const MAX_SYNC_FRAMES: usize = 128;

/// Below API Gateway's ten minutes of silence, with room for a slow timer.
const PING_INTERVAL_SECONDS: u32 = 9 * 60;

/// API Gateway ends a socket after two hours.
const MAX_AGE_SECONDS: u32 = 2 * 60 * 60;

const RECONNECT: Reconnect = Reconnect { min_ms: 500, max_ms: 30_000 };

/// What a client's cursor asks for.
enum Resume {
    /// Nothing: this is its first visit.
    First,
    /// Everything after this change.
    After(ChangeId),
    /// The cursor is nobody's, another user's or too old.
    Lost,
}

/// What one look at the inbox found.
struct Found {
    marks: Watermarks,
    newest: NewestUnread,
    /// What changed; `None` if that is more than [`LARGE_RESUME_CHANGES`].
    changed: Option<ChangedKeys>,
}

impl FrameHandler {
    /// Answers a hello by a welcome and, where the client has a cursor, by what changed since. The socket is registered
    /// already, so whatever is committed after this look is pushed to it.
    pub(super) async fn hello(
        &self,
        socket: &Socket,
        cursor: Option<&str>,
        request_id: &str,
    ) -> Result<(), Error> {
        let began = clock::now();
        let resume = self.resume(&socket.user, cursor, began);
        let found = self.look(&socket.user, &resume).await?;
        let cursor = Cursor { direction: Direction::Newer, position: ChangeId::last_of(began).into() };
        let cursor = cursor.encode(RESUME, &socket.user);
        let mut frames = vec![welcome(&socket.user, &found, &cursor).into_text()?];
        let recovered = match resume {
            Resume::First => None,
            Resume::Lost => Some(false),
            Resume::After(since) => {
                let parts = self.missed(&socket.user, since, found, &cursor).await?;
                let recovered = parts.is_some();
                frames.extend(parts.into_iter().flatten());
                Some(recovered)
            }
        };
        if recovered == Some(false) {
            let lost = Sync { changes: Vec::new(), cursor: &cursor, more: false, recovered: false };
            frames.push(ServerFrame::Sync(lost).into_text()?);
        }
        for frame in frames {
            match self.push.post(&socket.connection, &frame).await {
                Ok(()) => {}
                // A client that has left comes back with the cursor it had.
                Err(ManagementError::Gone) => break,
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(recovered) = recovered {
            let resumed = [("Resumed", recovered), ("ResumedNotRecovered", !recovered)];
            let counts = resumed.map(|(name, so)| Metric::count(name, usize::from(so)));
            self.metrics.send(request_id, &counts);
        }
        Ok(())
    }

    /// The sync frames of everything that changed since then. `None` if that is too much for one answer, or if this user
    /// has had too many large resumes in this minute. Nothing is posted before the answer is complete (rule 15).
    async fn missed(
        &self,
        user: &UserId,
        since: ChangeId,
        found: Found,
        cursor: &str,
    ) -> Result<Option<Vec<String>>, Error> {
        let changed = match found.changed {
            Some(changed) => Some(changed),
            None if self.directory.count_request(user, self.rates.large_resumes()).await?.is_exceeded => {
                tracing::warn!("refused resume: too many large resumes in this minute");
                None
            }
            None => self.inbox.changed_keys(user, since, MAX_CHANGES).await?,
        };
        let Some(changed) = changed else { return Ok(None) };
        let mut frames = SyncFrames::new(&found.marks, cursor)?;
        let mut batches = pin!(self.inbox.read_changes(user, &changed));
        while let Some(changes) = batches.try_next().await? {
            for change in changes {
                frames.push(change)?;
            }
            if frames.count() > MAX_SYNC_FRAMES {
                return Ok(None);
            }
        }
        Ok(Some(frames.finish()?))
    }

    fn resume(&self, user: &UserId, cursor: Option<&str>, now: Timestamp) -> Resume {
        let Some(cursor) = cursor else { return Resume::First };
        let Ok(cursor) = Cursor::decode(cursor, RESUME, user) else { return Resume::Lost };
        let known = ChangeId::from(cursor.position).timestamp();
        if known < self.retention.resumable_from(now) {
            return Resume::Lost;
        }
        Resume::After(ChangeId::last_of(known.plus_millis(-OVERLAP_MILLIS)))
    }

    /// Looks again after waking what is due.
    async fn look(&self, user: &UserId, resume: &Resume) -> Result<Found, StoreError> {
        let mut awake = false;
        loop {
            let inbox: &Inbox = &self.inbox;
            let changed = async {
                match resume {
                    Resume::After(since) => inbox.changed_keys(user, *since, LARGE_RESUME_CHANGES).await,
                    Resume::First | Resume::Lost => Ok(None),
                }
            };
            let look = Box::pin(async {
                tokio::try_join!(inbox.watermarks(user), inbox.newest_unread(user), changed)
            });
            let (marks, newest, changed) = look.await?;
            if awake || !marks.has_snoozed {
                return Ok(Found { marks, newest, changed });
            }
            inbox.wake_due(user, &marks).await?;
            awake = true;
        }
    }
}

fn welcome<'a>(user: &'a UserId, found: &Found, cursor: &'a str) -> ServerFrame<'a> {
    ServerFrame::Welcome(Welcome {
        user,
        unread_count: found.newest.count(&found.marks),
        unseen_count: found.newest.unseen(&found.marks),
        read_watermark: found.marks.read,
        seen_watermark: found.marks.seen,
        cursor,
        ping_interval_s: PING_INTERVAL_SECONDS,
        reconnect: RECONNECT,
        max_age_s: MAX_AGE_SECONDS,
    })
}
