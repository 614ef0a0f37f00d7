//! The way to the screens by REST: lists, single notifications, and the waking that goes with them.

use belfry_domain::{Notification, NotificationId, Status, Timestamp, Watermarks};

use super::{
    news::{Frame, Post},
    rules::Guard,
    truth::Truth,
    world::{DEVICES, Event, FOLLOWER, World},
    writer::Then,
};

/// A list on its way: its parts are read beside each other, in any order.
#[derive(Clone)]
pub(crate) struct Page {
    device: usize,
    socket: usize,
    asked_at: i64,
    writer: usize,
    /// Of the inbox alone, or also of what is archived and what sleeps.
    of_all: bool,
    items: Option<Vec<Notification>>,
    marks: Option<Watermarks>,
    /// Whether what was due has been woken, and the list is read for the second time.
    woke: bool,
}

impl World {
    pub(crate) fn open(&mut self, device: usize) {
        let of_all = self.rng.chance(50);
        let now = self.now;
        self.give(device, |it| {
            it.open(now, of_all);
            it.ask();
        });
        let pause = self.rng.between(5, 500);
        let socket = self.devices[device].socket;
        let writer = self.any_writer();
        let page = Page {
            device,
            socket,
            asked_at: self.now,
            writer,
            of_all,
            items: None,
            marks: None,
            woke: false,
        };
        self.write_down(device, "opens", "true");
        self.says_hello(device);
        self.hears_to_load(device, self.clock(writer));
        self.after(pause, Event::List(Box::new(page)));
    }

    /// Reads one more part of a list, or hands it over when it is whole and nothing in it is due.
    pub(crate) fn list(&mut self, mut page: Box<Page>) {
        if self.devices[page.device].socket != page.socket {
            return;
        }
        let marks_first = self.rng.chance(50);
        match (&page.items, &page.marks) {
            (Some(_), Some(marks)) if !page.woke => {
                let marks = marks.clone();
                let writer = page.writer;
                page.woke = true;
                return self.wake_due(writer, &marks, Then::List(page));
            }
            (Some(items), Some(marks)) => {
                self.truth.listed(self.now, page.asked_at, items);
                self.show_list(page.device, items, marks);
                self.note("list", || format!("to device {}", page.device));
                return self.fetch_strangers(page.device);
            }
            (items, None) if items.is_some() || marks_first => page.marks = Some(self.store.marks().clone()),
            _ => {
                let now = self.clock(page.writer);
                let there = self.store.items().filter_map(|item| self.store.get(item.id, now));
                let listed = there
                    .filter(|item| page.of_all || matches!(item.state.status, Status::Unread | Status::Read));
                page.items = Some(listed.cloned().collect());
            }
        }
        self.list_soon(page);
    }

    pub(crate) fn show_list(&mut self, device: usize, items: &[Notification], marks: &Watermarks) {
        let views: Vec<_> = items.iter().map(|item| item.view(marks)).collect();
        let frames: Vec<_> = views.iter().map(Frame::whole).collect();
        self.give(device, |it| it.list(&frames, marks.read));
        self.reads_list(device, &views, marks);
    }

    pub(crate) fn list_soon(&mut self, page: Box<Page>) {
        let pause = if self.rng.chance(20) { self.rng.between(0, 2_000) } else { self.rng.between(0, 30) };
        self.after(pause, Event::List(page));
    }

    /// What was due has been woken: the list that was read before is out of date.
    pub(crate) fn list_anew(&mut self, mut page: Box<Page>) {
        page.items = None;
        page.marks = None;
        self.list_soon(page);
    }

    pub(crate) fn list_failed(&mut self, page: &Page) {
        let device = &mut self.devices[page.device];
        device.missed |= device.socket == page.socket;
    }

    /// Rule 14: a state of something that isn't known makes the client ask for it.
    pub(crate) fn fetch_strangers(&mut self, device: usize) {
        let strangers = self.devices[device].strangers();
        if !self.rules.has(Guard::ClientFetchesStrangers) {
            return;
        }
        for id in strangers {
            let pause = self.rng.between(2, 1_000);
            self.after(pause, Event::Fetch(device, self.devices[device].socket, id));
        }
    }

    pub(crate) fn fetch(&mut self, device: usize, socket: usize, id: NotificationId) {
        let writer = self.any_writer();
        let Some(found) = self.store.get(id, self.clock(writer)) else { return };
        let view = found.view(self.store.marks());
        let post = Post { frame: Frame::whole(&view), text: self.text(&view), is_answer: true };
        self.note("fetched", || id.to_string());
        let back = self.rng.between(1, 1_000);
        self.after(back, Event::Push(device, socket, post));
    }

    /// Somebody asks how much is unread.
    pub(crate) fn poll(&mut self) {
        let writer = self.any_writer();
        let marks = self.store.marks().clone();
        self.wake_due(writer, &marks, Then::Nothing);
    }

    /// The TTL comes by, and takes some of what it could take.
    pub(crate) fn expire(&mut self) {
        let now = Timestamp::from_millis(self.now);
        let before = Truth::readings(&self.store);
        let taken = self.store.expire(now, || self.rng.chance(50));
        self.truth.expired(self.now, &before, &self.store);
        if taken > 0 {
            self.note("expired", || format!("{taken} items"));
        }
    }

    /// Everyone comes back: devices that are away or missed a push connect and reload, while the end of the stream
    /// comes once more. From here on nothing is lost.
    pub(crate) fn heal(&mut self) {
        self.weather.push_lost = 0;
        self.weather.lost = 0;
        self.weather.crash = 0;
        self.weather.slow = 0;
        self.weather.cut = 0;
        self.poll();
        self.truth.polled(self.now);
        self.position -= self.rng.index(self.position.min(10) + 1);
        self.wake_fanout();
    }

    /// What is still missing is read anew.
    pub(crate) fn reload(&mut self) {
        for device in 0..DEVICES {
            if self.devices[device].missed || !self.devices[device].connected {
                self.after(0, Event::Open(device));
            }
        }
        if self.manner.hears && !self.devices[FOLLOWER].connected {
            self.after(0, Event::Open(FOLLOWER));
        }
    }
}
