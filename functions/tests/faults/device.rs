//! A device of a user's: it connects, says hello, takes in what it is told and asks for what it isn't, as the protocol has
//! clients do (rules 11 to 15 of `docs/consistency.md`).

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use crate::{
    support::{
        recorder::Answer,
        sample::{event, with_body},
        world::World,
    },
    truth::{Shown, listed},
};

/// What it knows of one notification.
#[derive(Clone, Default)]
struct Known {
    changed: String,
    shown: Option<Shown>,
    /// The change that its title is from.
    said: String,
}

/// One browser.
pub(crate) struct Device {
    pub(crate) user: String,
    token: String,
    /// Its socket, while it has one.
    pub(crate) socket: Option<String>,
    sockets: usize,
    heard: usize,
    cursor: Option<String>,
    known: BTreeMap<String, Known>,
    read_mark: String,
    /// Every notification that it was ever told of.
    pub(crate) told: HashSet<String>,
}

impl Device {
    pub(crate) fn of(world: &World, user: &str) -> Self {
        Self {
            user: user.to_owned(),
            token: world.token(user, "analyst"),
            socket: None,
            sockets: 0,
            heard: 0,
            cursor: None,
            known: BTreeMap::new(),
            read_mark: String::new(),
            told: HashSet::new(),
        }
    }

    /// Opens a socket; false where it is refused. Until `$connect` has returned, posts to it are answered 410.
    pub(crate) async fn connect(&mut self, world: &World, name: usize) -> bool {
        self.sockets += 1;
        let socket = format!("{}-{name}-{}", self.user, self.sockets);
        world.recorder.answer(&socket, Answer::Gone);
        if !world.connect(self.event("ws_connect", &socket)).await.is_ok_and(|status| status == 200) {
            return false;
        }
        self.opened(world, &socket);
        true
    }

    /// `$connect` has returned: from now on the socket takes frames.
    pub(crate) fn opened(&mut self, world: &World, socket: &str) {
        world.recorder.mend(socket);
        self.heard = 0;
        self.socket = Some(socket.to_owned());
    }

    /// Loses its socket: from then on posts to it are answered so.
    pub(crate) fn lose(&mut self, world: &World, answer: Answer) {
        if let Some(socket) = self.socket.take() {
            world.recorder.answer(&socket, answer);
        }
    }

    /// Leaves, as far as `$disconnect` gets through.
    pub(crate) async fn leave(&mut self, world: &World) {
        if let Some(socket) = self.socket.take() {
            world.recorder.answer(&socket, Answer::Gone);
            let _ = world.disconnect(self.event("ws_disconnect", &socket)).await;
        }
    }

    /// Says hello with its cursor and takes in the answer; true once everything up to a new cursor is here.
    pub(crate) async fn hello(&mut self, world: &World) -> bool {
        let Some(socket) = self.socket.clone() else { return false };
        self.hear(world).await;
        let hello = json!({ "type": "hello", "cursor": self.cursor });
        if world.frame(with_body(self.event("ws_default-hello", &socket), &hello)).await.is_err() {
            return false;
        }
        let before = self.cursor.clone();
        self.hear(world).await;
        self.cursor.is_some() && self.cursor != before
    }

    /// Takes in the frames that have come.
    pub(crate) async fn hear(&mut self, world: &World) {
        let Some(socket) = self.socket.clone() else { return };
        let frames = world.recorder.frames(&socket).split_off(self.heard);
        self.heard += frames.len();
        for frame in &frames {
            self.take(world, frame).await;
        }
        if world.recorder.closed().contains(&socket) {
            self.lose(world, Answer::Gone);
        }
    }

    async fn take(&mut self, world: &World, frame: &Value) {
        match frame["type"].as_str().unwrap() {
            "welcome" => {
                assert_eq!(frame["user"], self.user.as_str());
                self.mark(&frame["read_watermark"]);
                if self.cursor.is_none() && self.reload(world).await {
                    self.cursor = frame["cursor"].as_str().map(str::to_owned);
                }
            }
            "sync" => self.sync(world, frame).await,
            "read_all" => self.mark(&frame["up_to"]),
            "notification" | "notification_updated" => self.whole(frame),
            "notification_state" => self.state(world, frame).await,
            "seen_all" | "reconnect" => {}
            other => panic!("a device is told {other}: {frame}"),
        }
    }

    /// Only the last part of a sync moves the cursor.
    async fn sync(&mut self, world: &World, frame: &Value) {
        if frame["recovered"] == false {
            if self.reload(world).await {
                self.cursor = frame["cursor"].as_str().map(str::to_owned);
            }
            return;
        }
        for change in frame["changes"].as_array().unwrap() {
            match change["type"].as_str().unwrap() {
                "notification" => self.whole(change),
                _ => self.state(world, change).await,
            }
        }
        if frame["more"] == false {
            self.cursor = frame["cursor"].as_str().map(str::to_owned);
        }
    }

    /// Replaces everything by the lists.
    async fn reload(&mut self, world: &World) -> bool {
        let Ok((items, mark)) = listed(world, &self.token).await else { return false };
        self.known.clear();
        self.mark(&mark);
        for item in &items {
            self.apply(item["id"].as_str().unwrap(), item);
        }
        true
    }

    fn mark(&mut self, up_to: &Value) {
        let up_to = up_to.as_str().unwrap_or_default();
        if up_to > self.read_mark.as_str() {
            up_to.clone_into(&mut self.read_mark);
        }
    }

    fn whole(&mut self, frame: &Value) {
        self.apply(frame["notification_id"].as_str().unwrap(), frame);
    }

    /// What is newer than what is known; what it says is dated apart from how it stands.
    fn apply(&mut self, id: &str, item: &Value) {
        self.told.insert(id.to_owned());
        let known = self.known.entry(id.to_owned()).or_default();
        let changed = item["changed"].as_str().unwrap();
        let mut shown = Shown::of(item);
        if changed > known.said.as_str() {
            changed.clone_into(&mut known.said);
        } else if let Some(before) = &known.shown {
            shown.title.clone_from(&before.title);
        }
        if changed > known.changed.as_str() {
            changed.clone_into(&mut known.changed);
            known.shown = Some(shown);
        } else if let Some(before) = &mut known.shown {
            before.title = shown.title;
        }
    }

    async fn state(&mut self, world: &World, frame: &Value) {
        let id = frame["notification_id"].as_str().unwrap();
        let changed = frame["changed"].as_str().unwrap();
        if let Some(known) = self.known.get_mut(id) {
            if changed > known.changed.as_str() {
                changed.clone_into(&mut known.changed);
                known.shown = match (&known.shown, frame["deleted"] == true) {
                    (Some(before), false) => Some(Shown { title: before.title.clone(), ..Shown::of(frame) }),
                    _ => None,
                };
            }
        } else if frame["deleted"] == true {
            let known = Known { changed: changed.to_owned(), ..Known::default() };
            self.known.insert(id.to_owned(), known);
        } else {
            let found = world.get(&format!("/api/notifications/{id}/"), &self.token).await;
            if found.status() == 200 {
                self.apply(id, &found.body());
            }
        }
    }

    /// What is on its screen, by id.
    pub(crate) fn screen(&self) -> BTreeMap<String, Shown> {
        let shown =
            self.known.iter().filter_map(|(id, known)| Some((id.clone(), known, known.shown.clone()?)));
        shown
            .map(|(id, known, shown)| {
                let is_read = shown.is_read || known.changed.as_str() <= self.read_mark.as_str();
                (id, Shown { is_read, ..shown })
            })
            .collect()
    }

    fn event(&self, name: &str, socket: &str) -> Value {
        let mut event = event(name);
        event["requestContext"]["connectionId"] = json!(socket);
        event["requestContext"]["authorizer"]["user"] = json!(self.user);
        event
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}
