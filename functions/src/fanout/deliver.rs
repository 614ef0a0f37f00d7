//! Posting one user's news to each of their sockets.

use belfry_cloud::{Connection, PushError, StoreError, clock, inbox::NewestUnread};
use belfry_domain::{Watermarks, frame::ServerFrame};
use futures::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::{
    Fanout,
    batch::{News, UserNews},
};

/// How many of a user's sockets are posted to at the same time.
const CONCURRENT_SOCKETS: usize = 64;

/// API Gateway answers 410 also while `$connect` hasn't returned. A row younger than this may be such a socket.
const CONNECT_GRACE_MILLIS: i64 = 30_000;

impl Fanout {
    /// Posts the news to all sockets of the user, each socket's frames in order, and starts no post after `until`. Costs
    /// one read where nobody is there.
    pub(super) async fn tell(&self, user: &UserNews, until: Instant) -> Result<(), StoreError> {
        let connections = self.connections.of(&user.user).await?;
        if connections.is_empty() {
            return Ok(());
        }
        let (marks, newest) =
            tokio::try_join!(self.inbox.watermarks(&user.user), self.inbox.newest_unread(&user.user))?;
        let frames = frames(&user.news, &marks, &newest)?;
        stream::iter(connections)
            .for_each_concurrent(CONCURRENT_SOCKETS, |connection| {
                let frames = &frames;
                async move { self.post(&connection, frames, until).await }
            })
            .await;
        Ok(())
    }

    /// Stops at the first frame that fails: a silent socket must not hold up the batch, and one that comes back finds in
    /// its inbox what it missed.
    async fn post(&self, connection: &Connection, frames: &[String], until: Instant) {
        for frame in frames {
            match self.post_in_turn(&connection.connection, frame, until).await {
                Ok(()) => {}
                Err(PushError::Gone) => return self.forget_if_aged(connection).await,
                Err(error) => {
                    tracing::warn!(%error, connection = connection.connection, "a socket misses frames");
                    return;
                }
            }
        }
    }

    /// Waits for its turn, unless the batch has taken too long by now.
    async fn post_in_turn(&self, connection: &str, frame: &str, until: Instant) -> Result<(), PushError> {
        let Ok(turn) = timeout_at(until, self.turns.acquire()).await else {
            return Err(PushError::Failed("the batch takes too long".to_owned()));
        };
        let posted = self.push.post(connection, frame).await;
        drop(turn);
        posted
    }

    async fn forget_if_aged(&self, connection: &Connection) {
        if clock::now().as_millis() - connection.connected_at < CONNECT_GRACE_MILLIS {
            return;
        }
        if let Err(error) = self.connections.remove(&connection.user, &connection.connection).await {
            tracing::warn!(%error, "a row of a closed socket stays until its time");
        }
    }
}

/// The frames that tell the news; the last one carries the count (rule 16 of `docs/consistency.md`).
fn frames(news: &[News], marks: &Watermarks, newest: &NewestUnread) -> Result<Vec<String>, StoreError> {
    let (unread, unseen) = (newest.count(marks), newest.unseen(marks));
    let last = news.len().saturating_sub(1);
    let frame = |(index, news): (usize, &News)| {
        let unread_count = (index == last).then_some(unread);
        let frame = match news {
            News::Ring(notification) => ServerFrame::ring(notification, marks, unread_count),
            News::Updated(notification) => ServerFrame::updated(notification, marks, unread_count),
            News::State(notification) => ServerFrame::state(notification, marks, unread_count),
            News::Deleted(id, state) => ServerFrame::deleted(*id, *state, unread_count),
            News::ReadAll(mark) => ServerFrame::ReadAll { up_to: *mark, unread_count },
            News::SeenAll(mark) => {
                ServerFrame::SeenAll { up_to: *mark, unseen_count: (index == last).then_some(unseen) }
            }
        };
        frame.into_text().map_err(|error| StoreError::Unreadable(error.to_string()))
    };
    news.iter().enumerate().map(frame).collect()
}
