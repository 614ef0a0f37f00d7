//! Whether a socket's user still has access, asked before a frame is answered from the inbox (rule 18 of
//! `docs/consistency.md`).

use belfry_cloud::{
    Aws, ConnectionCloser, Connections, Directory, ManagementApi, clock, connections::Closing,
};
use lambda_runtime::Error;

use super::Socket;

/// How often a row that is missing is put back and looked at again. It is missing again only if the connection ends at the
/// same time.
const ROUNDS: usize = 3;

/// Checks who has access, and which sockets are marked.
#[derive(Debug)]
pub(super) struct Access {
    directory: Directory,
    connections: Connections,
    sockets: ConnectionCloser,
}

impl Access {
    /// Over these tables and that endpoint.
    pub(super) fn new(
        aws: &Aws,
        directory_table: String,
        connections_table: String,
        push: ManagementApi,
    ) -> Self {
        let connections = Connections::new(aws, connections_table);
        Self {
            directory: Directory::new(aws, directory_table),
            sockets: ConnectionCloser::new(connections.clone(), push),
            connections,
        }
    }

    /// Whether the socket may go on. It is closed if its user's access has ended or its row is marked. If its row is
    /// missing, the row is put back and everything is read again: whoever ends access meanwhile either finds the row, or
    /// has stored the end before the second read.
    pub(super) async fn check_or_close(&self, socket: &Socket) -> Result<bool, Error> {
        let (token, issued_at) = socket.opened_with()?;
        let (user, connection) = (&socket.user, &socket.connection);
        for _ in 0..ROUNDS {
            let look = Box::pin(async {
                tokio::try_join!(
                    self.directory.access_state(user, token),
                    self.connections.get(user, connection)
                )
            });
            let (state, row) = look.await?;
            if state.check_access(issued_at).is_err() {
                // From then on nothing is pushed to it, even if it can't be closed now.
                self.connections.remove(user, connection).await?;
                return self.close(socket, Closing::Access).await;
            }
            if let Some(row) = row {
                return match row.closing {
                    None => Ok(true),
                    Some(closing) => self.close(socket, closing).await,
                };
            }
            let connected_at = socket.connected_at.unwrap_or_else(clock::now);
            // If it has been marked meanwhile, the next round finds the mark.
            self.connections.restore(user, connection, connected_at, socket.token_expires_at).await?;
        }
        Ok(false)
    }

    async fn close(&self, socket: &Socket, closing: Closing) -> Result<bool, Error> {
        tracing::info!(?closing, "closed connection: access ended or marked for closing");
        self.sockets.close(&socket.user, &socket.connection, closing).await?;
        Ok(false)
    }
}
