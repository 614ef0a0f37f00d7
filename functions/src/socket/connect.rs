//! `$connect`: registers the socket before API Gateway opens it.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use belfry_cloud::{Aws, ConfigError, Connections, Environment};
use lambda_runtime::{Error, LambdaEvent};

use super::{Socket, answer};

/// The function.
#[derive(Debug)]
pub struct Connect {
    connections: Connections,
}

impl Connect {
    /// Registers in the table of that name.
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

    /// Answers 200 once the row is written. On an error API Gateway refuses the socket, and the client comes again:
    /// a socket that nobody knows of would stay silent.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        let socket = Socket::of(&event.payload.request_context)?;
        self.connections.register(&socket.user, &socket.connection, socket.token_expires_at).await?;
        Ok(answer(200))
    }
}
