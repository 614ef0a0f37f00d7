//! `$disconnect`: forgets the socket. API Gateway sends it as best it can; nothing depends on it.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use belfry_cloud::{Aws, ConfigError, Connections, Environment};
use lambda_runtime::{Error, LambdaEvent};
use tracing::Instrument;

use super::{Socket, answer};

/// The function.
#[derive(Debug)]
pub struct Disconnect {
    connections: Connections,
}

impl Disconnect {
    /// Forgets in the table of that name.
    pub fn new(aws: &Aws, connections_table: String) -> Self {
        Self { connections: Connections::new(aws, connections_table) }
    }

    /// Reads the table's name from `CONNECTIONS_TABLE`.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        aws: &Aws,
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let table = environment.text("CONNECTIONS_TABLE");
        Ok(Self::new(aws, environment.finish(table)?))
    }

    /// Answers 200 once the row is gone.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        let socket = Socket::of(&event.payload.request_context)?;
        self.connections.remove(&socket.user, &socket.connection).instrument(socket.span()).await?;
        Ok(answer(200))
    }
}
