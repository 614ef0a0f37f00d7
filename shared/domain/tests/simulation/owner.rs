//! What people do: senders send, and the owner reads and deletes on two devices, in bursts and with pauses.

use belfry_domain::{Letter, NotificationId};

use super::world::{DEVICES, Event, World};

/// Something somebody does.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    Send,
    Read(usize),
    Delete(usize),
    ReadAll,
}

impl World {
    /// Schedules a history of a minute or two.
    pub(crate) fn plan(&mut self) {
        for device in 0..DEVICES {
            self.after(0, Event::Open(device));
        }
        let mut at = 0;
        for _ in 0..self.rng.between(10, 40) {
            at += match self.rng.index(10) {
                0..5 => self.rng.between(0, 300),
                5..8 => self.rng.between(300, 3_000),
                _ => self.rng.between(3_000, 12_000),
            };
            let device = self.rng.index(DEVICES);
            let act = match self.rng.index(20) {
                0..10 => Act::Send,
                10..14 => Act::Read(device),
                14..17 => Act::Delete(device),
                _ => Act::ReadAll,
            };
            self.after(at, Event::Act(act));
        }
        for _ in 0..self.rng.between(0, 3) {
            let (device, breaks) = (self.rng.index(DEVICES), self.rng.between(0, at));
            self.after(breaks, Event::Break(device));
            let opens = breaks + self.rng.between(100, 8_000);
            self.after(opens, Event::Open(device));
        }
    }

    pub(crate) fn act(&mut self, act: Act) {
        match act {
            Act::Send => self.send_notification(),
            Act::ReadAll => {
                self.mark_all();
                // An impatient owner taps again, and other writers get to do it.
                if self.rng.chance(40) {
                    let pause = self.rng.between(0, 3_000);
                    self.after(pause, Event::Act(Act::ReadAll));
                }
            }
            Act::Read(device) => self.touch(device, Letter::Read),
            Act::Delete(device) => self.touch(device, Letter::Deleted),
        }
    }

    /// The owner taps on something the device shows, however stale; now and then on what is no longer there at all.
    fn touch(&mut self, device: usize, to: Letter) {
        let screen: Vec<_> = self.devices[device].screen().into_keys().collect();
        let id: NotificationId = if screen.is_empty() || self.rng.chance(3) {
            let gone = self.clock(0).plus_millis(-1_000_000);
            self.uuid(gone).into()
        } else {
            screen[self.rng.index(screen.len())]
        };
        self.change(id, to);
    }
}
