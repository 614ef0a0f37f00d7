//! A user's sockets, all together: closing them when access ends, and keeping their number within bounds.

use belfry_domain::{UserId, frame::ServerFrame};
use futures::{StreamExt, stream};

use crate::{Connection, Connections, Push, StoreError, push::PushError};

/// How many sockets are closed at the same time.
const CONCURRENT: usize = 16;

/// How long an evicted client is asked to stay away, in milliseconds: long enough that it doesn't push out the next one at
/// once.
const EVICTED_AFTER_MILLIS: u32 = 30_000;

/// The rows of the connections, and the sockets that they name.
#[derive(Clone, Debug)]
pub struct Sockets {
    connections: Connections,
    push: Push,
}

impl Sockets {
    /// Over that table and that endpoint.
    pub const fn new(connections: Connections, push: Push) -> Self {
        Self { connections, push }
    }

    /// Closes every socket of the user and forgets it. A socket that can't be closed now stays named, so that asking
    /// again closes it; the first failure is returned when all have been tried.
    pub async fn close_all(&self, user: &UserId) -> Result<(), StoreError> {
        let open = self.connections.of(user).await?;
        self.close_each(open).await
    }

    /// Closes the user's oldest sockets above `most`, which are told to come back later.
    pub async fn evict(&self, user: &UserId, most: usize) -> Result<(), StoreError> {
        let mut open = self.connections.of(user).await?;
        open.sort_by_key(|connection| std::cmp::Reverse(connection.connected_at));
        let evicted = open.split_off(most.min(open.len()));
        if let Ok(goodbye) = (ServerFrame::Reconnect { after_ms: EVICTED_AFTER_MILLIS }).into_text() {
            for connection in &evicted {
                // Closed in any case: the frame is a courtesy.
                let _ = self.push.post(&connection.connection, &goodbye).await;
            }
        }
        self.close_each(evicted).await
    }

    async fn close_each(&self, open: Vec<Connection>) -> Result<(), StoreError> {
        let closed = stream::iter(open).map(|connection| async move {
            match self.push.close(&connection.connection).await {
                Ok(()) | Err(PushError::Gone) => {}
                Err(error) => return Err(StoreError::Unavailable(error.to_string())),
            }
            self.connections.remove(&connection.user, &connection.connection).await
        });
        let closed: Vec<_> = closed.buffer_unordered(CONCURRENT).collect().await;
        closed.into_iter().collect()
    }
}
