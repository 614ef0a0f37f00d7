//! `$connect`: registers the socket before API Gateway opens it.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use belfry_cloud::{Aws, ConfigError, ConnectionCloser, Connections, Directory, Environment, ManagementApi};
use lambda_runtime::{Error, LambdaEvent};
use tracing::Instrument;

use super::{Socket, answer};

/// The settings of the function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of open sockets.
    pub connections_table: String,
    /// The table of users and revoked tokens.
    pub directory_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
    /// How many sockets a user has at most; the oldest go.
    pub max_connections_per_user: usize,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            connections_table: environment.text("CONNECTIONS_TABLE"),
            directory_table: environment.text("DIRECTORY_TABLE"),
            websocket_endpoint: environment.text("WEBSOCKET_ENDPOINT"),
            max_connections_per_user: environment.parse_or("MAX_CONNECTIONS_PER_USER", 20),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct Connect {
    connections: Connections,
    directory: Directory,
    sockets: ConnectionCloser,
    max_connections_per_user: usize,
}

impl Connect {
    /// Registers in that table, looks into that directory, and closes through that endpoint.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        let connections = Connections::new(aws, settings.connections_table);
        let push = ManagementApi::new(aws, settings.websocket_endpoint);
        Self {
            sockets: ConnectionCloser::new(connections.clone(), push),
            connections,
            directory: Directory::new(aws, settings.directory_table),
            max_connections_per_user: settings.max_connections_per_user,
        }
    }

    /// Answers 200 once the row is written. On an error API Gateway refuses the socket, and the client comes again:
    /// a socket that nobody knows of would stay silent.
    ///
    /// Access may have ended after the authorizer looked, so the directory is read again once the socket is registered.
    /// Whoever ends access later finds the row and marks it. The mark is read last. A socket that is marked even later
    /// opens, but nothing is pushed to it, and its first `hello` or `seen` closes it.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        let socket = Socket::of(&event.payload.request_context)?;
        self.register(&socket).instrument(socket.span()).await
    }

    async fn register(&self, socket: &Socket) -> Result<ApiGatewayProxyResponse, Error> {
        let (user, connection) = (&socket.user, &socket.connection);
        if !self.connections.register(user, connection, socket.token_expires_at).await? {
            return Ok(answer(403));
        }
        // The new one is the youngest and stays.
        let evict = self.sockets.evict(user, self.max_connections_per_user);
        let both = Box::pin(async { tokio::join!(self.check_access(socket), evict) });
        let (admitted, evicted) = both.await;
        if let Err(error) = evicted {
            tracing::warn!(%error, "failed to close connections above the limit");
        }
        if !admitted? || !self.is_unmarked(socket).await? {
            self.connections.remove(user, connection).await?;
            return Ok(answer(403));
        }
        Ok(answer(200))
    }

    /// Whether its row is still there and not marked.
    async fn is_unmarked(&self, socket: &Socket) -> Result<bool, Error> {
        let row = self.connections.get(&socket.user, &socket.connection).await?;
        Ok(row.is_some_and(|row| row.closing.is_none()))
    }

    async fn check_access(&self, socket: &Socket) -> Result<bool, Error> {
        let (token, issued_at) = socket.opened_with()?;
        let state = self.directory.access_state(&socket.user, token).await?;
        Ok(state.check_access(issued_at).is_ok())
    }
}
