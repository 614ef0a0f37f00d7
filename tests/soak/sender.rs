//! The sender: creates at a steady rate, a few of them for several users at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use belfry_tests::{Client, NOTIFICATIONS, draft, draft_for_many};
use serde_json::Value;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{end, ledger::Ledger};

/// One create in so many is for several users.
const MANY_EVERY: usize = 20;
const MANY: usize = 3;

pub(crate) struct Sender {
    pub(crate) admin: Client,
    pub(crate) users: Vec<Client>,
    pub(crate) ledger: Arc<Ledger>,
}

impl Sender {
    /// Sends until it is stopped and everything under way is answered.
    pub(crate) async fn send(self, mut rng: fastrand::Rng, rate: u32, mut stopped: watch::Receiver<bool>) {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut under_way = JoinSet::new();
        loop {
            tokio::select! {
                () = end(&mut stopped) => break,
                _ = ticks.tick() => {
                    let to = self.addressees(&mut rng);
                    under_way.spawn(create(self.admin.clone(), to, Arc::clone(&self.ledger)));
                }
                Some(created) = under_way.join_next() => created.unwrap(),
            }
        }
        while let Some(created) = under_way.join_next().await {
            created.unwrap();
        }
    }

    fn addressees(&self, rng: &mut fastrand::Rng) -> Vec<String> {
        let count = if rng.usize(..MANY_EVERY) == 0 { MANY } else { 1 };
        let chosen = rng.choose_multiple(&self.users, count).into_iter();
        chosen.map(|user| user.user().to_owned()).collect()
    }
}

/// The title says whose it is, so that everybody notices what reaches a stranger.
async fn create(admin: Client, to: Vec<String>, ledger: Arc<Ledger>) {
    let names: Vec<_> = to.iter().map(String::as_str).collect();
    let title = format!("For {}", names.join(" "));
    let body = if let [name] = names[..] { draft(name, &title) } else { draft_for_many(&names, &title) };
    let began = Instant::now();
    let answer = admin.post_json(NOTIFICATIONS, &body).await;
    if answer.status != 201 {
        return ledger.violation(format!("a create was answered {}", answer.status));
    }
    let created = answer.ok(201);
    let each = created["results"].as_array().map_or_else(|| vec![created.clone()], Clone::clone);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for one in each {
        ledger.accept(&text(&one["user"]), &text(&one["id"]), began);
    }
}
