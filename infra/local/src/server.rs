//! Starting everything, and stopping it.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, middleware, serve::ListenerExt};
use belfry_cloud::Aws;
use belfry_dynamo::{Embedded, access_key, names, require_access_key, restrict_to_owner};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{
    addresses::{Addresses, Origin, require_own_host},
    broadcast_queue::BroadcastQueue,
    connections::{self, Sockets},
    data_file::beside,
    front::{self, Stack},
    gateway_http, gateway_websocket,
    handlers::Handlers,
    issuer::Issuer,
    listen::{bind, bind_both},
    oidc::Oidc,
    page::{self, Page},
    problem,
    start_error::StartError,
    stream_pump::{Destination, Pump},
};

/// DynamoDB deletes what is past its time within days; here it is done this often.
const TTL_SWEEP: Duration = Duration::from_mins(1);

/// How long open requests may take to end once the runner stops.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// The options of the runner.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port of page, REST and socket; 0 takes a free one.
    pub port: u16,
    /// Where everything is kept; in memory where there is none.
    pub data: Option<PathBuf>,
    /// Whether to serve the page, and to build it where it is missing.
    pub page: bool,
    /// The deployed stack to be in front of; where there is none, everything runs here.
    pub stack: Option<Stack>,
    /// Other pages that may use it. It also answers requests for their hosts.
    pub origins: Vec<Origin>,
    /// Whose tokens are accepted. `None` for those of the demo sign-in, which is off otherwise.
    pub oidc: Option<Oidc>,
}

/// A running Belfry.
pub struct Runner {
    url: String,
    stop: watch::Sender<bool>,
    sockets: Sockets,
    tasks: JoinSet<()>,
    database: Option<Arc<Embedded>>,
}

impl Runner {
    /// Starts everything and returns once requests are answered.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (listeners, port) = bind_both(options.port).await?;
        let url = format!("http://localhost:{port}");
        let mut addresses = Addresses::new(port, &options.origins);
        addresses.add_hosts(options.stack.iter().flat_map(|stack| stack.hosts(port)));
        let data = options.data.as_deref();
        let (oidc, sign_in) = if let Some(oidc) = options.oidc {
            let routes = oidc.routes();
            (oidc, routes)
        } else {
            let issuer_host =
                options.stack.as_ref().map_or_else(|| "localhost".to_owned(), Stack::issuer_host);
            let issuer = format!("http://{issuer_host}:{port}");
            (Oidc::demo(&issuer)?, Issuer::new(issuer, addresses.origins(), data)?.routes())
        };
        let mut runner = Self {
            url,
            stop: watch::Sender::new(false),
            sockets: Sockets::default(),
            tasks: JoinSet::new(),
            database: None,
        };
        let mut routes = match &options.stack {
            Some(stack) => front::routes(stack),
            None => runner.embed(&addresses, &oidc, data).await?,
        }
        .merge(sign_in);
        if options.page {
            routes = routes.merge(page::routes(Page::of_this_repository()));
        }
        let routes = routes
            .layer(middleware::from_fn_with_state(addresses, require_own_host))
            .layer(middleware::from_fn(problem::fill));
        for listener in listeners {
            runner.tasks.spawn(serve(listener, routes.clone(), runner.stop.subscribe()));
        }
        if let Some(also) = options.stack.and_then(|stack| stack.listen) {
            let (listener, _) = bind(also, port).await?;
            runner.tasks.spawn(serve(listener, routes, runner.stop.subscribe()));
        }
        Ok(runner)
    }

    /// Starts the functions over a database of their own, with what API Gateway and the stream do around them.
    async fn embed(
        &mut self,
        addresses: &Addresses,
        oidc: &Oidc,
        data: Option<&Path>,
    ) -> Result<Router, StartError> {
        let (management, management_port) = bind(Ipv4Addr::LOCALHOST.into(), 0).await?;
        let management_address = format!("127.0.0.1:{management_port}");
        if let Some(failed) = data.map(|data| beside(data, ".failed")) {
            restrict_to_owner(&failed).map_err(|error| StartError::Private(failed, error))?;
        }
        let database = Arc::new(match data {
            Some(path) => Embedded::file(path).await?,
            None => Embedded::memory().await?,
        });
        let aws = Aws::new(database.sdk_config().await);
        tracing::info!(
            dynamodb = database.endpoint(),
            websocket = management_address,
            access_key_id = access_key().id(),
            "opened ports for local tools"
        );
        let handlers = Arc::new(Handlers::new(&aws, oidc, addresses, &management_address)?);
        let given_up = Destination::new(data);
        let pump = Pump::new(aws.config(), names::INBOX, Arc::clone(&handlers), given_up)
            .await
            .map_err(StartError::Stream)?;
        self.tasks.spawn(pump.run(self.stop.subscribe()));
        self.tasks.spawn(sweep_ttl(Arc::clone(&database), self.stop.subscribe()));
        let (queue, waiting) = BroadcastQueue::new();
        let routes = connections::management_routes(self.sockets.clone()).merge(queue.routes());
        let own_host = middleware::from_fn_with_state(Addresses::new(management_port, &[]), require_own_host);
        let routes = routes.layer(middleware::from_fn(require_access_key)).layer(own_host);
        self.tasks.spawn(serve(management, routes, self.stop.subscribe()));
        self.tasks.spawn(waiting.work(Arc::clone(&handlers), self.stop.subscribe()));
        handlers.resume_broadcasts().await?;
        self.database = Some(database);
        Ok(gateway_http::routes(Arc::clone(&handlers))
            .merge(gateway_websocket::routes(handlers, self.sockets.clone())))
    }

    /// Where it answers, such as `http://localhost:8080`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes the sockets, lets open requests end and stops.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        self.sockets.close_all();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP_GRACE, ended).await;
        drop(self.database);
    }
}

async fn serve(listener: TcpListener, routes: Router, mut stopped: watch::Receiver<bool>) {
    let stop = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "failed to accept connections");
    }
}

async fn sweep_ttl(database: Arc<Embedded>, mut stopped: watch::Receiver<bool>) {
    let mut times = tokio::time::interval(TTL_SWEEP);
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return,
            _ = times.tick() => if let Err(error) = database.sweep_ttl() {
                tracing::warn!(%error, "failed to delete expired items");
            }
        }
    }
}
