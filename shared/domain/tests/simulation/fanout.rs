//! The way to the screens: the stream pushed as frames, and the list read over REST.

use std::collections::BTreeMap;

use belfry_domain::{Letter, Notification, NotificationId, Watermarks, frame::ServerFrame};

use super::{
    device::Frame,
    rules::Guard,
    store::Image,
    world::{Event, World},
};

/// A list on its way: its parts are read beside each other, in any order.
#[derive(Default)]
pub(crate) struct Page {
    items: Option<Vec<Notification>>,
    marks: Option<Watermarks>,
}

impl World {
    pub(crate) fn wake_fanout(&mut self) {
        if !self.pumping {
            self.pumping = true;
            let pause =
                if self.rng.chance(5) { self.rng.between(0, 15_000) } else { self.rng.between(5, 300) };
            self.after(pause, Event::Pump);
        }
    }

    /// Handles a batch of the stream; some batches come again, with what follows them.
    pub(crate) fn pump(&mut self) {
        self.pumping = false;
        let end = self.store.stream().len().min(self.position + 1 + self.rng.index(8));
        let frames = self.frames(self.position, end);
        for device in 0..self.devices.len() {
            for frame in &frames {
                self.post(device, *frame);
            }
        }
        self.position = end;
        if self.rng.chance(10) {
            self.note("delivered again", String::new);
            self.position -= self.rng.index(end.min(10) + 1);
        }
        if self.position < self.store.stream().len() {
            self.wake_fanout();
        }
    }

    /// The frames of a batch, by rule 17: of each item only the newest image.
    fn frames(&self, from: usize, to: usize) -> Vec<Frame> {
        let mut newest: BTreeMap<NotificationId, (bool, &Notification)> = BTreeMap::new();
        let mut mark = None;
        for image in &self.store.stream()[from..to] {
            match image {
                Image::Marks { read } => mark = Some(*read),
                Image::Item { old, new } => {
                    let entry = newest.entry(new.id).or_insert((old.is_none(), new));
                    entry.1 = new;
                    if !self.rules.has(Guard::NewestImageRings) {
                        entry.0 = old.is_none();
                    }
                }
            }
        }
        let marks = self.store.marks();
        let items = newest.into_values().map(|(is_new, item)| match item.state.letter {
            Letter::Deleted => ServerFrame::deleted(item.id, item.state, None),
            _ if is_new => ServerFrame::ring(item, marks, None),
            _ => ServerFrame::state(item, marks, None),
        });
        let read_all = mark.map(|up_to| ServerFrame::ReadAll { up_to, unread_count: None });
        items.chain(read_all).filter_map(|frame| Frame::read(&frame)).collect()
    }

    /// Posts to whatever socket the device has now. The frame may be lost, late, doubled, and overtaken.
    fn post(&mut self, device: usize, frame: Frame) {
        if !self.devices[device].connected {
            return;
        }
        if self.rng.chance(self.weather.push_lost) {
            self.devices[device].missed = true;
            return self.note("push lost", || format!("{frame:?}"));
        }
        let copies = if self.rng.chance(10) { 2 } else { 1 };
        for _ in 0..copies {
            let late = self.rng.chance(self.weather.push_late);
            let delay = if late { self.rng.between(50, 15_000) } else { self.rng.between(1, 50) };
            self.after(delay, Event::Push(device, self.devices[device].socket, frame));
        }
    }

    pub(crate) fn pushed(&mut self, device: usize, socket: usize, frame: Frame) {
        let to = &mut self.devices[device];
        if to.connected && to.socket == socket {
            to.receive(frame, self.rules);
            self.note("push", || format!("to device {device}: {frame:?}"));
        }
    }

    pub(crate) fn open(&mut self, device: usize) {
        self.devices[device].open();
        let pause = self.rng.between(5, 500);
        self.after(pause, Event::List(device, self.devices[device].socket, Page::default()));
    }

    /// Reads one more part of a list, or hands it over when it is whole.
    pub(crate) fn list(&mut self, device: usize, socket: usize, mut page: Page) {
        if self.devices[device].socket != socket {
            return;
        }
        let marks_first = self.rng.chance(50);
        match (&page.items, &page.marks) {
            (Some(items), Some(marks)) => {
                let views: Vec<_> = items.iter().map(|item| item.view(marks)).collect();
                self.devices[device].list(&views, marks, self.rules);
                return self.note("list", || format!("to device {device}"));
            }
            (items, None) if items.is_some() || marks_first => page.marks = Some(self.store.marks().clone()),
            _ => {
                let live = self.store.items().filter(|item| item.state.letter != Letter::Deleted);
                page.items = Some(live.cloned().collect());
            }
        }
        let pause = if self.rng.chance(20) { self.rng.between(0, 2_000) } else { self.rng.between(0, 30) };
        self.after(pause, Event::List(device, socket, page));
    }

    /// Everyone comes back: devices that are away or missed a push connect and reload, while the end of the stream
    /// comes once more. From here on nothing is lost.
    pub(crate) fn heal(&mut self) {
        self.weather.push_lost = 0;
        for device in 0..self.devices.len() {
            if self.devices[device].missed || !self.devices[device].connected {
                self.after(0, Event::Open(device));
            }
        }
        self.position -= self.rng.index(self.position.min(10) + 1);
        self.wake_fanout();
    }
}
