//! The way to the screens by push: the stream, read in batches and told as frames.

use std::collections::BTreeMap;

use belfry_domain::{Notification, NotificationId, Status, frame::ServerFrame};

use super::{
    news::{Frame, Post},
    rules::Guard,
    store::Image,
    world::{Event, FOLLOWER, World},
};

/// What a batch says of one item: its newest image.
enum News<'a> {
    Ring(&'a Notification),
    Updated(&'a Notification),
    State(&'a Notification),
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
                self.post(device, frame);
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
    fn frames(&self, from: usize, to: usize) -> Vec<Post> {
        let mut pending: BTreeMap<NotificationId, News<'_>> = BTreeMap::new();
        let mut mark = None;
        for image in &self.store.stream()[from..to] {
            match image {
                Image::ReadMark(read) => mark = Some(*read),
                Image::Item { old, new } => {
                    let news = self.newest(pending.remove(&new.id), old.as_deref(), new);
                    pending.insert(new.id, news);
                }
            }
        }
        let items = pending.into_values().map(|news| self.frame(&news));
        let read_all = mark.map(|up_to| ServerFrame::ReadAll { up_to, unread_count: None });
        let post = |frame: ServerFrame<'_>| {
            let text = self.text(&frame);
            Some(Post { frame: Frame::read(&frame)?, text, is_answer: false })
        };
        items.chain(read_all).filter_map(post).collect()
    }

    fn newest<'a>(
        &self,
        earlier: Option<News<'a>>,
        old: Option<&Notification>,
        new: &'a Notification,
    ) -> News<'a> {
        let is_edit = |old: &Notification| old.content != new.content && self.rules.has(Guard::EditsAreTold);
        let news = match old {
            None => News::Ring(new),
            Some(old) if is_edit(old) => News::Updated(new),
            Some(_) => News::State(new),
        };
        match (earlier, news) {
            (Some(News::Ring(_)), _) if self.rules.has(Guard::NewestImageRings) => News::Ring(new),
            (Some(News::Updated(_)), News::State(_)) if self.rules.has(Guard::NewestImageTellsEdits) => {
                News::Updated(new)
            }
            (_, news) => news,
        }
    }

    fn frame<'a>(&self, news: &News<'a>) -> ServerFrame<'a> {
        let marks = self.store.marks();
        let (News::Ring(newest) | News::Updated(newest) | News::State(newest)) = news;
        if newest.state.status == Status::Deleted {
            return ServerFrame::deleted(newest.id, newest.state, None);
        }
        match news {
            News::Ring(newest) => ServerFrame::ring(newest, marks, None),
            News::Updated(newest) => ServerFrame::updated(newest, marks, None),
            News::State(newest) => ServerFrame::state(newest, marks, None),
        }
    }

    /// Posts to whatever socket the device has now. The frame may be lost, late, doubled, and overtaken.
    fn post(&mut self, device: usize, post: &Post) {
        if !self.devices[device].connected {
            return;
        }
        if self.rng.chance(self.weather.push_lost) {
            self.devices[device].missed = true;
            return self.note("push lost", || format!("{:?}", post.frame));
        }
        let copies = if self.rng.chance(10) { 2 } else { 1 };
        for _ in 0..copies {
            let late = self.rng.chance(self.weather.push_late);
            let delay = if late { self.rng.between(50, 15_000) } else { self.rng.between(1, 50) };
            self.after(delay, Event::Push(device, self.devices[device].socket, post.clone()));
        }
    }

    /// A device loses its line, and with it what a follower was about to be answered.
    pub(crate) fn close(&mut self, device: usize) {
        self.devices[device].connected = false;
        self.write_down(device, "breaks", "true");
        self.follower.begun += usize::from(device == FOLLOWER);
    }

    pub(crate) fn pushed(&mut self, device: usize, socket: usize, post: &Post) {
        let Post { frame, text, is_answer } = post;
        let to = &self.devices[device];
        if to.connected && to.socket == socket {
            self.write_down(
                device,
                if *is_answer { "fetches" } else { "hears" },
                text.as_deref().unwrap_or_default(),
            );
            self.give(device, |to| if *is_answer { to.fetched(frame) } else { to.receive(frame) });
            self.note("push", || format!("to device {device}: {frame:?}"));
            self.fetch_strangers(device);
        }
    }
}
