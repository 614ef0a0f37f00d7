//! A user's sockets, all together: closing them when access ends, and keeping their number within bounds.

use std::time::Duration;

use belfry_domain::{UserId, frame::ServerFrame};
use futures::{StreamExt, stream};

use crate::{
    Connection, Connections, ManagementApi, StoreError, connections::Closing, management_api::ManagementError,
};

/// How many sockets are marked, or closed, at the same time.
const CONCURRENT: usize = 16;

/// How long an evicted client is asked to stay away, in milliseconds: long enough that it doesn't push out the next one at
/// once.
const EVICTED_AFTER_MILLIS: u32 = 30_000;

/// The waits before a connection that may not be open yet is closed again, in milliseconds. Together they are longer than
/// `$connect` takes as a rule; what opens later still is closed by its first frame.
const OPENING_WAITS_MILLIS: [u64; 4] = [50, 100, 200, 400];

/// The rows of the connections, and the sockets that they name.
#[derive(Clone, Debug)]
pub struct ConnectionCloser {
    connections: Connections,
    push: ManagementApi,
}

/// Why connections are not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The rows can't be read, or one that could not be closed can't be marked either: frames are still pushed to it.
    #[error("frames may still reach a connection: {0}")]
    Unmarked(#[from] StoreError),
    /// All are marked, so nothing is pushed to them any more, but one was not closed: its next `hello` or `seen` closes it.
    #[error("a connection that nothing is pushed to is still open: {0}")]
    Unclosed(ManagementError),
}

impl From<CloseError> for StoreError {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::Unmarked(error) => error,
            CloseError::Unclosed(error) => Self::Unavailable(error.to_string()),
        }
    }
}

impl ConnectionCloser {
    /// Over that table and that endpoint.
    pub const fn new(connections: Connections, push: ManagementApi) -> Self {
        Self { connections, push }
    }

    /// Closes every socket of the user. First all are marked, so that nothing is pushed to them any more, and none that
    /// is only opening stays open: `$connect` and the socket's first frame look at the mark (rule 18 of
    /// `docs/consistency.md`). A socket that can't be closed now keeps its row, so that asking again closes it; the worst
    /// failure is returned when all have been tried.
    pub async fn close_all(&self, user: &UserId) -> Result<(), CloseError> {
        let all = self.connections.all_of(user).await?;
        let marked = self.mark_each(all, Closing::Access).await;
        self.close_each(marked, &OPENING_WAITS_MILLIS).await
    }

    /// Closes the user's oldest connections above `most`, after asking their clients to come back later.
    pub async fn evict(&self, user: &UserId, most: usize) -> Result<(), CloseError> {
        let mut open = self.connections.of(user).await?;
        open.sort_by_key(|connection| std::cmp::Reverse(connection.connected_at));
        let evicted = open.split_off(most.min(open.len()));
        let marked = self.mark_each(evicted, Closing::Evicted).await;
        for (connection, _) in &marked {
            // Closed in any case: the frame is a courtesy.
            let _ = self.say_goodbye(&connection.connection).await;
        }
        // Without waits: the user's new socket opens only after this.
        self.close_each(marked, &[]).await
    }

    /// Closes one open connection, and removes its row. An evicted client is asked to come back later.
    pub async fn close(&self, user: &UserId, connection: &str, closing: Closing) -> Result<(), CloseError> {
        if closing == Closing::Evicted {
            let _ = self.say_goodbye(connection).await;
        }
        match self.push.close(connection).await {
            Ok(()) | Err(ManagementError::Gone) => Ok(self.connections.remove(user, connection).await?),
            Err(error) => Err(CloseError::Unclosed(error)),
        }
    }

    async fn say_goodbye(&self, connection: &str) -> Result<(), ManagementError> {
        let goodbye = ServerFrame::Reconnect { after_ms: EVICTED_AFTER_MILLIS }.into_text();
        let goodbye = goodbye.map_err(|error| ManagementError::Failed(error.to_string()))?;
        self.push.post(connection, &goodbye).await
    }

    async fn mark_each(
        &self,
        connections: Vec<Connection>,
        closing: Closing,
    ) -> Vec<(Connection, Result<(), StoreError>)> {
        let marked = stream::iter(connections).map(|connection| async move {
            let marked = self.connections.mark(&connection, closing).await;
            (connection, marked)
        });
        marked.buffer_unordered(CONCURRENT).collect().await
    }

    async fn close_each(
        &self,
        marked: Vec<(Connection, Result<(), StoreError>)>,
        waits: &[u64],
    ) -> Result<(), CloseError> {
        let closed = stream::iter(marked).map(|(connection, marked)| async move {
            match self.close_opening(&connection, waits).await {
                Ok(true) => self.forget(&connection).await,
                // Whatever it opens to hears nothing, and its first frame closes it.
                Ok(false) => marked?,
                Err(error) => {
                    marked?;
                    return Err(CloseError::Unclosed(error));
                }
            }
            Ok(())
        });
        let closed: Vec<_> = closed.buffer_unordered(CONCURRENT).collect().await;
        let (mut worst, mut other) = (Ok(()), Ok(()));
        for closed in closed {
            match closed {
                Err(CloseError::Unmarked(_)) => worst = closed,
                Err(CloseError::Unclosed(_)) => other = closed,
                Ok(()) => {}
            }
        }
        worst.and(other)
    }

    /// True if it is closed now; false if, after those waits, it still may not be open yet.
    async fn close_opening(&self, connection: &Connection, waits: &[u64]) -> Result<bool, ManagementError> {
        let mut waits = waits.iter();
        loop {
            match self.push.close(&connection.connection).await {
                Err(ManagementError::Gone) if connection.may_be_opening() => {}
                Ok(()) | Err(ManagementError::Gone) => return Ok(true),
                Err(error) => return Err(error),
            }
            let Some(wait) = waits.next() else { return Ok(false) };
            tokio::time::sleep(Duration::from_millis(*wait)).await;
        }
    }

    /// A row that can't be removed is marked, or its socket is gone: it does no harm until it expires.
    async fn forget(&self, connection: &Connection) {
        if let Err(error) = self.connections.remove(&connection.user, &connection.connection).await {
            tracing::warn!(%error, "failed to remove a connection row");
        }
    }
}
