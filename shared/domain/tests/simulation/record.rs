//! Writing down what reaches a device and in which order, as JSON of the protocol, and what it has to show in the end: so
//! that the page's own client can be held to the same histories.

use std::{cmp::Reverse, collections::BTreeSet, fmt::Write as _, rc::Rc};

use belfry_domain::{
    ChangeId, Cursor, Direction, NotificationView, Timestamp, UserId, Watermarks,
    frame::{COUNT_CAP, Change, Reconnect, ServerFrame, Sync, SyncFrames, Welcome},
};
use serde::Serialize;

use super::{
    device::Device,
    rules::{Guard, Rules},
    world::{START, World},
};

/// What the page's client has to keep to.
pub(crate) const OF_A_CLIENT: [Guard; 7] = [
    Guard::ClientOnlyNewer,
    Guard::ClientKeepsStrangers,
    Guard::ClientKeepsMark,
    Guard::ClientListReplaces,
    Guard::ClientKeepsOvertakers,
    Guard::ClientDatesContent,
    Guard::ClientFetchesStrangers,
];

/// What has reached one device.
pub(crate) struct Story {
    /// One step a line.
    pub(crate) lines: String,
    /// Where it would resume from, and from where once the list is there that it waits for.
    cursor: Option<String>,
    point: Option<String>,
    shown: String,
    /// The same device without one guard each.
    copies: Vec<(Guard, Device)>,
    /// The guards without which something else would have been shown.
    pub(crate) needs: BTreeSet<Guard>,
}

impl Story {
    pub(crate) fn new() -> Self {
        let copies = OF_A_CLIENT.map(|guard| (guard, Device::new(Rules::without(guard))));
        Self {
            lines: String::new(),
            cursor: None,
            point: None,
            shown: String::new(),
            copies: copies.into(),
            needs: BTreeSet::new(),
        }
    }
}

/// A page of the list.
#[derive(Serialize)]
struct Page<'a> {
    results: &'a [NotificationView<'a>],
    next: Option<&'a str>,
    previous: Option<&'a str>,
    unread_count: usize,
    read_watermark: Option<ChangeId>,
    seen_watermark: Option<ChangeId>,
}

/// Where a client resumes from that was told so then.
fn cursor(user: &UserId, began: Timestamp) -> String {
    let cursor = Cursor { direction: Direction::Newer, position: ChangeId::last_of(began).into() };
    cursor.encode("resume", user)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

impl World {
    /// The text of what is on its way, if somebody writes it down.
    pub(crate) fn text(&self, value: &impl Serialize) -> Option<Rc<str>> {
        self.is_recorded().then(|| json(value).into())
    }

    pub(crate) fn is_recorded(&self) -> bool {
        !self.stories.is_empty()
    }

    /// Lets a device take something, and those that are like it but for a guard.
    pub(crate) fn give(&mut self, device: usize, take: impl Fn(&mut Device)) {
        take(&mut self.devices[device]);
        if let Some(story) = self.stories.get_mut(device) {
            story.copies.iter_mut().for_each(|(_, copy)| take(copy));
        }
    }

    pub(crate) fn write_down(&mut self, device: usize, verb: &str, text: &str) {
        let at = self.now - START;
        if let Some(story) = self.stories.get_mut(device) {
            writeln!(story.lines, r#"{{"at":{at},"{verb}":{text}}}"#).unwrap();
        }
    }

    pub(crate) fn says_hello(&mut self, device: usize) {
        let Some(story) = self.stories.get(device) else { return };
        let cursor = json(&story.cursor);
        self.write_down(device, "says", &format!(r#"{{"type":"hello","cursor":{cursor}}}"#));
    }

    /// The answer to the hello of somebody whose cursor is of no use: this one counts once the list is there.
    pub(crate) fn hears_to_load(&mut self, device: usize, began: Timestamp) {
        let marks = self.store.marks().clone();
        self.hears_welcome(device, began, &marks);
        let Some(story) = self.stories.get_mut(device) else { return };
        let cursor = cursor(&self.user, began);
        story.point = Some(cursor.clone());
        if story.cursor.is_some() {
            let lost = Sync { changes: Vec::new(), cursor: &cursor, more: false, recovered: false };
            self.write_down(device, "hears", &json(&ServerFrame::Sync(lost)));
        }
    }

    fn hears_welcome(&mut self, device: usize, began: Timestamp, marks: &Watermarks) {
        if !self.is_recorded() {
            return;
        }
        let count = |floor| self.store.count_unread(floor, began).min(COUNT_CAP);
        let welcome = json(&ServerFrame::Welcome(Welcome {
            user: &self.user,
            unread_count: count(marks.read),
            unseen_count: count(marks.unseen_floor()),
            read_watermark: marks.read,
            seen_watermark: marks.seen,
            cursor: &cursor(&self.user, began),
            ping_interval_s: 540,
            reconnect: Reconnect { min_ms: 500, max_ms: 30_000 },
            max_age_s: 7_200,
        }));
        self.write_down(device, "hears", &welcome);
    }

    pub(crate) fn reads_list(&mut self, device: usize, views: &[NotificationView<'_>], marks: &Watermarks) {
        let Some(story) = self.stories.get_mut(device) else { return };
        story.cursor = story.point.take();
        let mut results = views.to_vec();
        results.sort_by_key(|view| Reverse(view.id));
        let unread_count = results.iter().filter(|view| !view.is_read).count();
        let (read_watermark, seen_watermark) = (marks.read, marks.seen);
        let (next, previous) = (None, None);
        let page = Page { results: &results, next, previous, unread_count, read_watermark, seen_watermark };
        self.write_down(device, "lists", &json(&page));
    }

    /// What changed, in the parts in which it is sent; nothing if nobody writes it down.
    pub(crate) fn parts(&self, changes: &[Change], marks: &Watermarks, began: Timestamp) -> Vec<String> {
        if self.is_recorded() {
            let cursor = cursor(&self.user, began);
            let mut frames = SyncFrames::new(marks, &cursor).unwrap();
            for change in changes {
                frames.push(change.clone()).unwrap();
            }
            frames.finish().unwrap()
        } else {
            Vec::new()
        }
    }

    /// The answer to a hello; once it is whole, that is where its device resumes from.
    pub(crate) fn hears_parts(
        &mut self,
        device: usize,
        parts: &[String],
        marks: &Watermarks,
        began: Timestamp,
        whole: bool,
    ) {
        self.hears_welcome(device, began, marks);
        for part in parts {
            self.write_down(device, "hears", part);
        }
        if let Some(story) = self.stories.get_mut(device).filter(|_| whole) {
            story.cursor = Some(cursor(&self.user, began));
        }
    }

    /// Writes down what each device has to show that has nothing to wait for.
    pub(crate) fn look_at_screens(&mut self) {
        if !self.is_recorded() || self.position < self.store.stream().len() {
            return;
        }
        for device in 0..self.devices.len() {
            if self.is_up_to_date(device) {
                self.look_at(device);
            }
        }
    }

    /// Writes down what a device has to show now, unless that is what it was before.
    pub(crate) fn look_at(&mut self, device: usize) {
        let Some(story) = self.stories.get_mut(device) else { return };
        let screen = |device: &Device| self.truth.lasting(self.now, device.screen());
        let right = screen(&self.devices[device]);
        let wrong = story.copies.iter().filter(|(_, copy)| screen(copy) != right);
        story.needs.extend(wrong.map(|(guard, _)| *guard));
        let text = json(&self.truth.to_show(self.now, &self.store));
        if story.shown != text {
            story.shown.clone_from(&text);
            self.write_down(device, "shows", &text);
        }
    }
}
