//! Starting everything, and stopping it.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use belfry_cloud::Aws;
use belfry_dynamo::{Embedded, EmbeddedError, names};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    connections::{self, Sockets},
    gateway_http, gateway_websocket,
    handlers::Handlers,
    issuer::{Issuer, IssuerError},
    page::{self, Page},
    stream_pump,
};

/// DynamoDB deletes what is past its time within days; here it is done this often.
const TTL_SWEEP: Duration = Duration::from_mins(1);

/// How long open requests may take to end after the runner was told to stop.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// What the runner is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port of page, REST and socket; 0 takes a free one.
    pub port: u16,
    /// Where everything is kept; in memory where there is none.
    pub data: Option<PathBuf>,
    /// Whether to serve the page, and to build it where it is missing.
    pub page: bool,
}

/// Why the runner didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("port {0} is in use; choose another with --port")]
    PortInUse(u16),
    /// The port can't be used for another reason.
    #[error("port {0} can't be used: {1}")]
    Port(u16, std::io::Error),
    /// The database didn't start.
    #[error(transparent)]
    Database(#[from] EmbeddedError),
    /// The issuer has no key.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The stream of the inbox can't be read.
    #[error("the stream can't be read: {0}")]
    Stream(String),
}

/// A running Belfry.
pub struct Runner {
    url: String,
    stop: watch::Sender<bool>,
    sockets: Sockets,
    tasks: JoinSet<()>,
    database: Arc<Embedded>,
}

impl Runner {
    /// Starts everything and returns once requests are answered.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listeners = listen(options.port).await?;
        let port = listeners[0].local_addr().map_err(|error| StartError::Port(options.port, error))?.port();
        let url = format!("http://localhost:{port}");
        let database = Arc::new(match &options.data {
            Some(path) => Embedded::file(path).await?,
            None => Embedded::memory().await?,
        });
        let issuer = Issuer::new(url.clone(), options.data.as_deref())?;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let sockets = Sockets::default();
        let management = bind(Ipv4Addr::LOCALHOST.into(), 0).await?;
        let endpoint = management.local_addr().map_err(|error| StartError::Port(0, error))?;
        serve(&mut tasks, management, connections::management_routes(sockets.clone()), &stopped);

        let aws = Aws::new(database.sdk_config().await);
        let handlers = Arc::new(Handlers::new(&aws, &url, port, &format!("http://{endpoint}")));
        let pump = stream_pump::Pump::new(aws.config(), names::INBOX, Arc::clone(&handlers)).await;
        tasks.spawn(pump.map_err(StartError::Stream)?.run(stopped.clone()));
        tasks.spawn(sweep_ttl(Arc::clone(&database), stopped.clone()));

        let mut routes = gateway_http::routes(Arc::clone(&handlers))
            .merge(gateway_websocket::routes(handlers, sockets.clone()))
            .merge(issuer.routes());
        if options.page {
            routes = routes.merge(page::routes(Page::of_this_repository()));
        }
        for listener in listeners {
            serve(&mut tasks, listener, routes.clone(), &stopped);
        }
        Ok(Self { url, stop, sockets, tasks, database })
    }

    /// Where it answers, such as `http://localhost:8080`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database, for tests that look behind the page.
    pub fn database(&self) -> &Embedded {
        &self.database
    }

    /// Closes the sockets, lets open requests end and stops.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        self.sockets.close_all();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP_GRACE, ended).await;
    }
}

/// Both loopback addresses, since `localhost` may mean either; the second is left out where there is none.
async fn listen(port: u16) -> Result<Vec<TcpListener>, StartError> {
    let first = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
    let port = first.local_addr().map_err(|error| StartError::Port(port, error))?.port();
    let second = bind(Ipv6Addr::LOCALHOST.into(), port).await;
    match second {
        Ok(second) => Ok(vec![first, second]),
        Err(StartError::PortInUse(port)) => Err(StartError::PortInUse(port)),
        Err(_) => Ok(vec![first]),
    }
}

async fn bind(address: std::net::IpAddr, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(SocketAddr::new(address, port)).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse(port),
        _ => StartError::Port(port, error),
    })
}

fn serve(tasks: &mut JoinSet<()>, listener: TcpListener, routes: Router, stopped: &watch::Receiver<bool>) {
    let mut stopped = stopped.clone();
    let stop = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stop).await {
            tracing::error!(%error, "a listener failed");
        }
    });
}

async fn sweep_ttl(database: Arc<Embedded>, mut stopped: watch::Receiver<bool>) {
    let mut times = tokio::time::interval(TTL_SWEEP);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            _ = times.tick() => if let Err(error) = database.sweep_ttl() {
                tracing::warn!(%error, "what is past its time was not deleted");
            }
        }
    }
}
