//! What a device makes of a frame (rules 11 to 14 of `docs/consistency.md`).

use std::time::Instant;

use belfry_tests::{Socket, path_of};
use serde_json::Value;

use super::Device;
use crate::verdict::inbox;

impl Device {
    pub(super) async fn take(&mut self, frame: &Value, socket: &mut Socket) {
        self.ledger.count("frames");
        match frame["type"].as_str().unwrap_or_default() {
            "welcome" => {
                self.view.read_up_to(&frame["read_watermark"]);
                if self.cursor.is_null() {
                    self.since = Some(Instant::now());
                    self.reload(&frame["cursor"]).await;
                }
            }
            "sync" => self.sync(frame, socket).await,
            "notification" | "notification_updated" | "notification_state" => self.change(frame).await,
            "read_all" => self.view.read_up_to(&frame["up_to"]),
            "seen_all" => {}
            other => self.ledger.violation(format!("{}: a frame of type {other}", self.owner.user())),
        }
    }

    async fn sync(&mut self, frame: &Value, socket: &mut Socket) {
        for change in frame["changes"].as_array().unwrap() {
            self.change(change).await;
        }
        if frame["more"] == true {
            return;
        }
        self.awaited = self.awaited.saturating_sub(1);
        if frame["recovered"] == true {
            self.cursor = frame["cursor"].clone();
        } else {
            self.reload(&frame["cursor"]).await;
            self.hello(socket).await;
        }
    }

    async fn change(&mut self, change: &Value) {
        let id = change["notification_id"].as_str().unwrap_or_else(|| panic!("no id: {change}"));
        self.told.insert(id.to_owned());
        self.own(change);
        if !self.view.take(id, change) {
            let answer = self.owner.get(&path_of(id)).await;
            if answer.status == 200 {
                self.view.take(id, &answer.ok(200));
            }
        }
    }

    /// Takes the whole inbox, and goes on from that cursor.
    async fn reload(&mut self, cursor: &Value) {
        self.cursor = cursor.clone();
        let (items, read_watermark) = inbox(&self.owner).await;
        self.view.read_up_to(&read_watermark);
        for item in items {
            self.own(&item);
            self.view.take(item["id"].as_str().unwrap(), &item);
        }
    }

    fn own(&self, said: &Value) {
        let name = self.owner.user();
        if said["title"].as_str().is_some_and(|title| !title.split(' ').any(|word| word == name)) {
            self.ledger.violation(format!("{name}: was told {said}"));
        }
    }
}
