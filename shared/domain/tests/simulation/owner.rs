//! What people do: senders send, admins edit, and the owner does all that can be done, on two devices, in bursts and
//! with pauses, some of them days long.

use std::rc::Rc;

use belfry_domain::{Action, Edit, NotificationId, Timestamp, edit};

use super::{
    news::{Place, Shown},
    truth::{Said, Wish},
    world::{DEVICES, Event, KEPT_DAYS, READ_DAYS, World},
};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// Something somebody does.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    Send,
    SendAgain(NotificationId, usize),
    Do(usize, Deed),
    DoTo(NotificationId, Deed),
    ReadAll,
    See(usize),
    Poll,
    Follow,
}

/// What is done to one notification.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Read,
    Unread,
    Archive,
    Unarchive,
    Snooze,
    Delete,
    Edit,
}

impl World {
    /// Schedules a history of a minute or two, or of several such with days between them.
    pub(crate) fn plan(&mut self) {
        for device in 0..self.openers() {
            self.after(0, Event::Open(device));
        }
        let mut acts = self.rng.between(10, 40);
        let mut begins = 0;
        for session in 0..3 {
            let some = if session == 2 || self.rng.chance(60) { acts } else { self.rng.between(1, acts) };
            self.plan_session(begins, some);
            acts -= some;
            if acts == 0 {
                break;
            }
            let read = i64::from(READ_DAYS);
            let kept = i64::from(KEPT_DAYS);
            let days = [read, kept, kept + read, 8, 9, 20][self.rng.index(6)];
            begins += days * DAY + self.rng.between(-MINUTE / 2, MINUTE);
            self.after(begins - DAY / 2, Event::Expire);
        }
    }

    /// Who has a line.
    fn openers(&self) -> usize {
        DEVICES + usize::from(self.manner.hears)
    }

    fn plan_session(&mut self, begins: i64, acts: i64) {
        let mut at = begins;
        for _ in 0..acts {
            at += match self.rng.index(10) {
                0..5 => self.rng.between(0, 300),
                5..8 => self.rng.between(300, 3_000),
                _ => self.rng.between(3_000, 12_000),
            };
            let act = self.any_act();
            self.after(at, Event::Act(act));
        }
        for _ in 0..self.rng.between(0, 3) {
            let device = self.rng.index(self.openers());
            let breaks = self.rng.between(begins, at);
            self.after(breaks, Event::Break(device));
            let opens = breaks + self.rng.between(100, 8_000);
            self.after(opens, Event::Open(device));
        }
        for _ in 0..self.rng.between(0, 2) {
            let at = self.rng.between(begins, at);
            self.after(at, Event::Expire);
        }
    }

    fn any_act(&mut self) -> Act {
        let device = self.rng.index(DEVICES);
        match self.rng.index(100) {
            0..32 => Act::Send,
            32..44 => Act::Do(device, Deed::Read),
            44..52 => Act::Do(device, Deed::Unread),
            52..58 => Act::Do(device, Deed::Archive),
            58..62 => Act::Do(device, Deed::Unarchive),
            62..69 => Act::Do(device, Deed::Snooze),
            69..75 => Act::Do(device, Deed::Delete),
            75..83 => Act::Do(device, Deed::Edit),
            83..90 => Act::ReadAll,
            90..93 => Act::See(device),
            93..97 => Act::Poll,
            _ => Act::Follow,
        }
    }

    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Send => self.send_notification(),
            Act::SendAgain(id, create) => self.send_again(id, create),
            Act::ReadAll => {
                self.mark_all();
                // An impatient owner taps again, and other writers get to do it.
                if self.rng.chance(40) {
                    let pause = self.rng.between(0, 3_000);
                    self.after(pause, Event::Act(Act::ReadAll));
                }
            }
            Act::See(device) => self.see(device),
            Act::Poll => self.poll(),
            Act::Follow => self.follow(),
            Act::Do(device, deed) => self.touch(device, deed),
            Act::DoTo(id, deed) => self.do_to(id, deed),
        }
    }

    /// The owner taps on something the device shows, however stale; now and then on what is no longer there at all.
    fn touch(&mut self, device: usize, deed: Deed) {
        let fits = |shown: &Shown| deed != Deed::Unarchive || shown.place == Place::Archive;
        let screen = self.devices[device].screen().into_iter().filter(|(_, shown)| fits(shown));
        let screen: Vec<_> = screen.map(|(id, _)| id).collect();
        let id: NotificationId = if self.rng.chance(3) {
            let gone = self.clock(0).plus_millis(-1_000_000);
            self.uuid(gone).into()
        } else if screen.is_empty() {
            return;
        } else {
            screen[self.rng.index(screen.len())]
        };
        self.do_to(id, deed);
        // A button that is tapped twice sends twice, by way of two writers.
        if deed == Deed::Snooze && self.rng.chance(30) {
            let pause = self.rng.between(0, 10);
            self.after(pause, Event::Act(Act::DoTo(id, deed)));
        }
        // Somebody else, or the owner's other hand, is at the same one.
        if self.rng.chance(30) {
            let rival = self.any_rival(deed);
            let longest = if self.rng.chance(50) { 50 } else { 5_000 };
            let pause = self.rng.between(0, longest);
            self.after(pause, Event::Act(Act::DoTo(id, rival)));
        }
    }

    pub(crate) fn any_rival(&mut self, deed: Deed) -> Deed {
        let rivals = [Deed::Read, Deed::Unread, Deed::Archive, Deed::Snooze, Deed::Delete, Deed::Edit, deed];
        rivals[self.rng.index(rivals.len())]
    }

    pub(crate) fn do_to(&mut self, id: NotificationId, deed: Deed) {
        let writer = self.any_writer();
        let action = match deed {
            Deed::Read => Action::MarkRead,
            Deed::Unread => Action::MarkUnread,
            Deed::Archive => Action::Archive,
            Deed::Unarchive => Action::Unarchive,
            Deed::Delete => Action::Delete,
            Deed::Snooze => {
                let (now, until) = (self.clock(writer), self.some_time_ahead());
                let Ok(action) = edit::snooze("until", until, now) else { return };
                self.meet_at(id, until);
                action
            }
            Deed::Edit => {
                if let Some(wish) = self.any_edit() {
                    self.edit(writer, id, wish);
                }
                return;
            }
        };
        self.act_on(writer, id, action);
    }

    /// Around the time when something wakes, much may be done to it.
    fn meet_at(&mut self, id: NotificationId, until: Timestamp) {
        while self.rng.chance(55) {
            let deed = self.any_rival(Deed::Read);
            let act = if self.rng.chance(50) { Act::DoTo(id, deed) } else { Act::Poll };
            let pause = until.as_millis() - self.now + self.rng.between(-1_000, 5_000);
            self.after(pause.max(0), Event::Act(act));
        }
    }

    fn some_time_ahead(&mut self) -> Timestamp {
        let ahead = match self.rng.index(10) {
            0..5 => self.rng.between(2 * SECOND, 20 * SECOND),
            5..7 => self.rng.between(20 * SECOND, 3 * MINUTE),
            7 => DAY + self.rng.between(0, MINUTE),
            _ => 8 * DAY + self.rng.between(0, MINUTE),
        };
        Timestamp::from_millis(self.now + ahead)
    }

    /// What an admin says anew, what the owner does by `PATCH`, or both at once.
    fn any_edit(&mut self) -> Option<Wish> {
        let text = format!("Edit {}", self.now);
        let title = self.rng.chance(50).then(|| text.clone());
        let message = self.rng.chance(40).then_some(text);
        let mut fields = Vec::new();
        fields.extend(title.iter().map(|title| format!(r#""title":"{title}""#)));
        fields.extend(message.iter().map(|message| format!(r#""message":"{message}""#)));
        for (name, percent) in [("is_read", 15), ("archived", 15)] {
            if self.rng.chance(percent) {
                fields.push(format!(r#""{name}":{}"#, self.rng.chance(50)));
            }
        }
        if self.rng.chance(15) {
            let until = self.rng.chance(70).then(|| format!(r#""{}""#, self.some_time_ahead()));
            fields.push(format!(r#""snoozed_until":{}"#, until.as_deref().unwrap_or("null")));
        }
        let edit = Edit::parse(format!("{{{}}}", fields.join(",")).as_bytes()).ok()?;
        let said = Said {
            title: title.and_then(|text| text.try_into().ok()),
            message: message.and_then(|text| text.try_into().ok()),
        };
        Some(Wish::Edit(Rc::new(edit), said))
    }

    /// The owner has seen the list; a client that is wrong about the time has seen what is yet to come.
    fn see(&mut self, device: usize) {
        let up_to = match self.rng.index(10) {
            0..6 => self.devices[device].newest_change(),
            6..8 => None,
            _ => Some(self.uuid(Timestamp::from_millis(self.now + DAY)).into()),
        };
        self.mark_seen(device, up_to);
    }
}
