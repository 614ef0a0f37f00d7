//! A device of a user: opens a socket, says hello, takes in what it is told, leaves, and comes back.

mod frames;

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use belfry_tests::{Client, DEADLINE, Socket};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use crate::{end, ledger::Ledger, view::View};

/// How long a device stays and stays away, at most.
const STAY_MILLIS: u64 = 60_000;
const AWAY_MILLIS: u64 = 20_000;

/// Once nothing happens any more, what is under way arrives within this time. What comes later comes by the last hello.
const SETTLE: Duration = Duration::from_secs(3);

pub(crate) struct Device {
    pub(crate) owner: Client,
    /// Whether it comes back with a cursor; else it begins anew each time.
    pub(crate) resumes: bool,
    pub(crate) view: View,
    /// From here on it must have been told everything.
    pub(crate) since: Option<Instant>,
    /// Everything that any frame has named since.
    pub(crate) told: HashSet<String>,
    /// The same before it asked for the last time whether it has missed anything.
    pub(crate) told_before_the_last_hello: HashSet<String>,
    cursor: Value,
    /// Syncs that were asked for and aren't complete.
    awaited: u32,
    rng: fastrand::Rng,
    ledger: Arc<Ledger>,
}

impl Device {
    pub(crate) fn new(owner: Client, resumes: bool, rng: fastrand::Rng, ledger: Arc<Ledger>) -> Self {
        Self {
            owner,
            resumes,
            view: View::default(),
            since: None,
            told: HashSet::new(),
            told_before_the_last_hello: HashSet::new(),
            cursor: Value::Null,
            awaited: 0,
            rng,
            ledger,
        }
    }

    /// Comes and goes until everything is stopped; then stays until it knows all.
    pub(crate) async fn live(mut self, mut stopped: watch::Receiver<bool>) -> Self {
        loop {
            let away = Duration::from_millis(self.rng.u64(..AWAY_MILLIS));
            tokio::select! {
                () = end(&mut stopped) => {}
                () = sleep(away) => {}
            }
            if let Some(mut socket) = self.visit(&mut stopped).await {
                timeout(DEADLINE, self.settle(&mut socket)).await.expect("the last hello is answered");
                return self;
            }
        }
    }

    /// The socket that is still open when everything is stopped.
    async fn visit(&mut self, stopped: &mut watch::Receiver<bool>) -> Option<Socket> {
        let mut socket = Socket::open(&self.owner).await;
        self.ledger.count("visits");
        self.awaited = 0;
        if !self.resumes {
            (self.view, self.cursor, self.since) = (View::default(), Value::Null, None);
            self.told.clear();
        }
        self.hello(&mut socket).await;
        let stay = sleep(Duration::from_millis(self.rng.u64(..STAY_MILLIS)));
        tokio::pin!(stay);
        loop {
            tokio::select! {
                frame = socket.receive() => {
                    let Some(frame) = frame else {
                        self.ledger.count("sockets ended by the server");
                        return None;
                    };
                    self.take(&frame, &mut socket).await;
                }
                () = &mut stay => {
                    if self.rng.bool() {
                        socket.close().await;
                    }
                    return None;
                }
                () = end(stopped) => return Some(socket),
            }
        }
    }

    async fn settle(&mut self, socket: &mut Socket) {
        let settled = sleep(SETTLE);
        tokio::pin!(settled);
        loop {
            tokio::select! {
                () = &mut settled, if !self.cursor.is_null() => break,
                frame = socket.receive() => self.take(&frame.expect("the last socket"), socket).await,
            }
        }
        self.told_before_the_last_hello.clone_from(&self.told);
        self.hello(socket).await;
        while self.awaited > 0 {
            let frame = socket.receive().await.expect("the last socket");
            self.take(&frame, socket).await;
        }
    }

    async fn hello(&mut self, socket: &mut Socket) {
        self.awaited += u32::from(!self.cursor.is_null());
        // Where the socket has just ended, the next visit says it again.
        let _ = socket.try_send(&json!({ "type": "hello", "cursor": self.cursor }).to_string()).await;
    }
}
