//! Random histories: people send, owners act on two devices each, sockets come and go, and everything fails now and then.

use std::{env, time::Duration};

use belfry_cloud::clock;
use belfry_dynamo::Fault;
use fastrand::Rng;
use futures::{StreamExt, stream};
use serde_json::json;

use crate::{
    device::Device,
    ledger::Ledger,
    poller::Poller,
    support::{recorder::Answer, world::World},
};

const SEEDS: u64 = 16;
const STEPS: usize = 60;
const USERS: [&str; 2] = ["ana", "bruno"];

/// How many histories are lived at the same time.
const CONCURRENT: usize = 4;

struct History {
    world: World,
    rng: Rng,
    devices: Vec<Device>,
    ledger: Ledger,
    poller: Poller,
}

impl History {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let devices = USERS.iter().chain(&USERS).map(|user| Device::of(&world, user)).collect();
        let poller = Poller::of(&world).await;
        Self { rng: Rng::with_seed(seed), devices, ledger: Ledger::default(), poller, world }
    }

    async fn step(&mut self) {
        self.weather();
        let device = self.rng.usize(..self.devices.len());
        match self.rng.u8(..100) {
            0..30 => self.send().await,
            30..50 => self.act(device).await,
            50..75 => self.poller.batch(&self.world, &mut self.rng).await,
            75..85 => self.come_back(device).await,
            85..90 => drop(self.devices[device].hello(&self.world).await),
            90..93 => self.devices[device].lose(&self.world, Answer::Gone),
            93..95 => self.devices[device].lose(&self.world, Answer::Lost),
            95..97 => self.devices[device].leave(&self.world).await,
            97..98 => self.poller.lose().await,
            _ => self.post_fails(device),
        }
        for device in &mut self.devices {
            device.hear(&self.world).await;
        }
    }

    /// One call in four meets something.
    fn weather(&mut self) {
        if self.rng.u8(..4) > 0 {
            return;
        }
        let operations =
            ["PutItem", "PutItem", "UpdateItem", "UpdateItem", "BatchExecuteStatement", "DeleteItem"];
        let operation = operations[self.rng.usize(..operations.len())];
        let fault = match self.rng.u8(..10) {
            0..4 => Fault::CutAnswer,
            4..6 => Fault::Throttle,
            6..8 => Fault::ServerError,
            _ => Fault::Delay(Duration::from_millis(self.rng.u64(1..400))),
        };
        let times = if self.rng.u8(..4) == 0 { 5 } else { 1 };
        (0..times).for_each(|_| self.world.wire.order(operation, fault));
    }

    async fn send(&mut self) {
        let keyed = self.rng.bool();
        let users = match self.rng.u8(..6) {
            0 => USERS.to_vec(),
            at => vec![USERS[usize::from(at) % USERS.len()]],
        };
        self.ledger.send(&self.world, &users, keyed).await;
    }

    async fn act(&mut self, device: usize) {
        let device = &self.devices[device];
        let known = self.ledger.of(&device.user);
        if known.is_empty() {
            return;
        }
        let id = &known[self.rng.usize(..known.len())];
        let path = format!("/api/notifications/{id}/");
        let (world, token) = (&self.world, device.token());
        match self.rng.u8(..12) {
            0..3 => drop(world.post(&format!("{path}mark_as_read/"), token).await),
            3..5 => drop(world.post(&format!("{path}mark_as_unread/"), token).await),
            5..7 => drop(world.post(&format!("{path}archive/"), token).await),
            7 => drop(world.post(&format!("{path}unarchive/"), token).await),
            8 => {
                let until = clock::now().plus_millis(self.rng.i64(100..600_000));
                drop(world.send("POST", &format!("{path}snooze/"), token, &json!({ "until": until })).await);
            }
            9 => {
                self.ledger.delete(id);
                drop(world.api(crate::support::sample::request("DELETE", &path, token)).await);
            }
            _ => drop(world.post("/api/notifications/mark_all_read/", token).await),
        }
    }

    /// A new socket, with fan-out running between its registration and its opening.
    async fn come_back(&mut self, device: usize) {
        self.devices[device].lose(&self.world, Answer::Gone);
        if self.devices[device].connect(&self.world, device).await {
            self.devices[device].hello(&self.world).await;
        }
    }

    fn post_fails(&mut self, device: usize) {
        let answers = [Answer::LimitExceeded, Answer::Broken, Answer::Forbidden, Answer::Lost, Answer::Gone];
        if let Some(socket) = &self.devices[device].socket {
            self.world.recorder.answer_next(socket, answers[self.rng.usize(..answers.len())]);
        }
    }

    /// The weather clears, everybody comes back, and what was said is judged.
    async fn end(mut self) {
        self.world.wire.calm();
        for device in 0..self.devices.len() {
            self.come_back(device).await;
            if let Some(socket) = &self.devices[device].socket {
                self.world.recorder.mend(socket);
            }
        }
        self.poller.drain(&self.world).await;
        for device in &mut self.devices {
            assert!(device.hello(&self.world).await, "hello is not answered");
        }
        // Looking wakes what is due, which is news for everybody.
        self.poller.drain(&self.world).await;
        for device in &mut self.devices {
            device.hear(&self.world).await;
        }
        self.ledger.judge(&self.world, &self.devices).await;
    }
}

async fn live(seed: u64) {
    eprintln!("history {seed}; again: BELFRY_SEED={seed} cargo test -p belfry-functions --test faults every");
    let mut history = Box::pin(History::new(seed)).await;
    for _ in 0..STEPS {
        Box::pin(history.step()).await;
    }
    Box::pin(history.end()).await;
    eprintln!("history {seed} held");
}

fn from_env(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn every_history_keeps_the_promise() {
    let seeds = match from_env("BELFRY_SEED") {
        Some(seed) => seed..=seed,
        None => 1..=from_env("BELFRY_SEEDS").unwrap_or(SEEDS),
    };
    stream::iter(seeds).for_each_concurrent(CONCURRENT, live).await;
}
