//! What was accepted, for whom: the oracle. Titles are unique and name their owner.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use crate::{
    device::Device,
    support::{
        sample::{request, with_body, with_header},
        world::World,
    },
    truth,
};

/// How often a sender tries a request that has a key.
const TRIES: usize = 5;

#[derive(Default)]
pub(crate) struct Ledger {
    sent: usize,
    /// What was accepted: its owner and its title.
    accepted: BTreeMap<String, (String, String)>,
    deleted: HashSet<String>,
}

impl Ledger {
    /// Sends one notification to each of the users, with a key and again and again if it has to be, or just once.
    pub(crate) async fn send(&mut self, world: &World, users: &[&str], keyed: bool) {
        self.sent += 1;
        for _ in 0..if keyed { TRIES } else { 1 } {
            if self.attempt(world, users, keyed).await {
                return;
            }
        }
    }

    /// Sends one with a key, and doesn't ask again whatever the answer.
    pub(crate) async fn send_once(&mut self, world: &World, user: &str) {
        self.sent += 1;
        self.attempt(world, &[user], true).await;
    }

    /// Sends the last one again, with the same key.
    pub(crate) async fn send_again(&mut self, world: &World, user: &str) {
        assert!(self.attempt(world, &[user], true).await);
    }

    /// True where it was accepted.
    async fn attempt(&mut self, world: &World, users: &[&str], keyed: bool) -> bool {
        let title = format!("No. {} for {}", self.sent, users.join(" and "));
        let mut body = json!({ "title": title, "message": "In bad weather", "notification_type": "info" });
        match users {
            [user] => body["user"] = json!(user),
            users => body["users"] = json!(users),
        }
        let mut event = request("POST", "/api/notifications/", &world.token("admin", "admin"));
        if keyed {
            event = with_header(event, "idempotency-key", &title);
        }
        let answer = world.api(with_body(event, &body)).await;
        match answer.status() {
            201 => self.accept(&answer.body(), users, &title),
            500..=599 => return false,
            other => panic!("{other}: {}", answer.text()),
        }
        true
    }

    fn accept(&mut self, answer: &Value, users: &[&str], title: &str) {
        let created = answer["results"].as_array().cloned().unwrap_or_else(|| vec![answer.clone()]);
        assert_eq!(created.len(), users.len());
        for (user, created) in users.iter().zip(created) {
            assert_eq!(created["user"], *user);
            let id = created["id"].as_str().unwrap().to_owned();
            let accepted = ((*user).to_owned(), title.to_owned());
            let earlier = self.accepted.insert(id, accepted.clone());
            assert!(earlier.is_none_or(|earlier| earlier == accepted), "an id was given twice");
        }
    }

    /// The owner asked for it to be deleted, and may have been heard.
    pub(crate) fn delete(&mut self, id: &str) {
        self.deleted.insert(id.to_owned());
    }

    /// What of a user's was accepted, oldest first.
    pub(crate) fn of(&self, user: &str) -> Vec<String> {
        self.accepted.iter().filter(|(_, (owner, _))| owner == user).map(|(id, _)| id.clone()).collect()
    }

    /// When everything is quiet: each accepted notification is in its owner's inbox exactly once, and each device shows just
    /// what is there.
    pub(crate) async fn judge(&self, world: &World, devices: &[Device]) {
        for device in devices {
            let there = truth::screen(world, device.token()).await;
            let mut titles: Vec<_> = there.values().map(|shown| &shown.title).collect();
            titles.sort_unstable();
            assert!(titles.windows(2).all(|pair| pair[0] != pair[1]), "created twice: {titles:?}");
            for (id, (_, title)) in self.accepted.iter().filter(|(_, (owner, _))| *owner == device.user) {
                let is_there = there.get(id).is_some_and(|shown| shown.title.contains(title.as_str()));
                assert!(is_there || self.deleted.contains(id), "{title} was accepted, and is lost: {id}");
                assert!(device.told.contains(id) || !is_there, "{title} was never shown: {id}");
            }
            assert_eq!(device.screen(), there, "shown to {}, and what is there", device.user);
            let count = world.get("/api/notifications/unread_count/", device.token()).await.body();
            let unread = there.values().filter(|shown| !shown.is_read).count();
            assert_eq!(count["unread_count"], unread);
        }
        self.judge_frames(world, devices);
    }

    /// Whatever was posted to a socket was its user's own.
    fn judge_frames(&self, world: &World, devices: &[Device]) {
        for (socket, frame) in world.recorder.all() {
            let owner = socket.split_once('-').map_or(socket.as_str(), |(user, _)| user);
            let text = frame.to_string();
            for (id, (user, _)) in &self.accepted {
                assert!(user == owner || !text.contains(id.as_str()), "{socket} is told of {user}'s: {text}");
            }
            let others = devices.iter().map(|device| &device.user).filter(|user| *user != owner);
            for other in others {
                assert!(!text.contains(&format!("\"{other}\"")), "{socket} is told of {other}: {text}");
                let alone = format!("for {other}\"");
                assert!(!text.contains(&alone), "{socket} is told what {other} was sent: {text}");
            }
        }
    }
}
