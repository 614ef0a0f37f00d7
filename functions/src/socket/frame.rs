//! `$default`: every frame that a client sends.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use belfry_cloud::{
    Aws, ConfigError, Directory, Environment, Inbox, ManagementApi, ManagementError, clock,
    telemetry::Metrics,
};
use belfry_domain::{
    Retention,
    frame::{ClientFrame, ServerFrame},
};
use lambda_runtime::{Error, LambdaEvent};
use tracing::Instrument;

use super::{
    Socket,
    access::Access,
    answer,
    budget::{FrameBudget, FrameRates, RECONNECT_AFTER_MILLIS},
};

/// The settings of the function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of notifications.
    pub inbox_table: String,
    /// The table of users and revoked tokens, where large resumes are counted, too.
    pub directory_table: String,
    /// The table of open sockets.
    pub connections_table: String,
    /// The management endpoint of the WebSocket's stage.
    pub websocket_endpoint: String,
    /// How long notifications are kept.
    pub retention: Retention,
    /// The limits on a user's sockets.
    pub rates: FrameRates,
    /// Where the function's metrics go.
    pub metrics: Metrics,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            inbox_table: environment.text("INBOX_TABLE"),
            directory_table: environment.text("DIRECTORY_TABLE"),
            connections_table: environment.text("CONNECTIONS_TABLE"),
            websocket_endpoint: environment.text("WEBSOCKET_ENDPOINT"),
            retention: environment.retention(),
            rates: FrameRates::read(&mut environment),
            metrics: Metrics::from_env(&mut environment),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct FrameHandler {
    access: Access,
    pub(super) inbox: Inbox,
    pub(super) directory: Directory,
    pub(super) push: ManagementApi,
    pub(super) retention: Retention,
    pub(super) rates: FrameRates,
    budget: FrameBudget,
    pub(super) metrics: Metrics,
}

impl FrameHandler {
    /// Answers from that inbox, through that endpoint.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        let push = ManagementApi::new(aws, settings.websocket_endpoint);
        Self {
            access: Access::new(
                aws,
                settings.directory_table.clone(),
                settings.connections_table,
                push.clone(),
            ),
            inbox: Inbox::new(aws, settings.inbox_table, settings.retention),
            directory: Directory::new(aws, settings.directory_table),
            push,
            retention: settings.retention,
            rates: settings.rates,
            budget: FrameBudget::new(settings.rates),
            metrics: settings.metrics,
        }
    }

    /// Answers the frame by frames. Whatever the client sends, its socket lives on, unless it sends too much or its user has no
    /// access any more.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayWebsocketProxyRequest>,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        let socket = Socket::of(&event.payload.request_context)?;
        let frame = event.payload.body.as_deref().unwrap_or_default();
        self.take(&socket, frame, &event.context.request_id).instrument(socket.span()).await
    }

    async fn take(
        &self,
        socket: &Socket,
        frame: &str,
        request_id: &str,
    ) -> Result<ApiGatewayProxyResponse, Error> {
        if socket.token_expires_at.is_some_and(|end| end <= clock::now()) {
            return self.close(socket).await;
        }
        let frame = ClientFrame::parse(frame);
        if !self.budget.take(&socket.user, frame.as_ref().ok()) {
            tracing::warn!("closed connection: frame rate exceeded");
            // The frame is a courtesy: the socket is closed in any case, and the client comes back by itself.
            let _ = self.reply(socket, ServerFrame::Reconnect { after_ms: RECONNECT_AFTER_MILLIS }).await;
            return self.close(socket).await;
        }
        let is_about_inbox = matches!(frame, Ok(ClientFrame::Hello { .. } | ClientFrame::Seen { .. }));
        if is_about_inbox && !self.access.check_or_close(socket).await? {
            return Ok(answer(200));
        }
        match frame {
            Ok(ClientFrame::Ping) => self.reply(socket, ServerFrame::Pong).await?,
            Ok(ClientFrame::Hello { cursor }) => self.hello(socket, cursor.as_deref(), request_id).await?,
            // The stream notifies all devices, including this one.
            Ok(ClientFrame::Seen { up_to }) => drop(self.inbox.mark_seen(&socket.user, Some(up_to)).await?),
            Err(invalid) => {
                let error = ServerFrame::Error { code: invalid.code(), detail: invalid.to_string() };
                self.reply(socket, error).await?;
            }
        }
        Ok(answer(200))
    }

    async fn close(&self, socket: &Socket) -> Result<ApiGatewayProxyResponse, Error> {
        match self.push.close(&socket.connection).await {
            Ok(()) | Err(ManagementError::Gone) => Ok(answer(200)),
            Err(error) => Err(error.into()),
        }
    }

    async fn reply(&self, socket: &Socket, frame: ServerFrame<'_>) -> Result<(), Error> {
        match self.push.post(&socket.connection, &frame.into_text()?).await {
            // A client that has left needs no reply.
            Ok(()) | Err(ManagementError::Gone) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
