//! The simulated world: a clock, what is going to happen, and everyone it happens to.

use std::collections::BTreeMap;

use belfry_domain::{
    ChangeId, CreateRequest, Notification, NotificationId, Retention, State, Status, Timestamp, UserId,
};
use uuid::Uuid;

use super::{
    device::Device,
    news::Post,
    owner::Act,
    reader::Page,
    record::Story,
    replay::{Follower, Replay},
    rng::Rng,
    rules::Rules,
    store::{Outcome, Store},
    truth::{Breach, Truth},
    write::Write,
    writer::Task,
};

/// When it all begins; any time will do.
pub(crate) const START: i64 = 1_795_362_142_070;
/// How far a writer's clock may be off, in milliseconds.
pub(crate) const SKEW: i64 = 1_500;
const WRITERS: usize = 4;
pub(crate) const DEVICES: usize = 2;
/// The device beside the owner's that resumes by cursor.
pub(crate) const FOLLOWER: usize = DEVICES;
/// How long a notification is kept, in days, and after its owner has read it.
pub(crate) const KEPT_DAYS: u16 = 3;
pub(crate) const READ_DAYS: u16 = 1;

/// Something that happens at its time.
pub(crate) enum Event {
    /// The owner or a sender does something.
    Act(Act),
    /// A write reaches the table; the task is there if the answer will find its way back in time.
    Arrive(Box<Write>, Option<Task>),
    /// The answer to a write reaches the writer.
    Answer(Task, Outcome),
    /// The writer begins an attempt: the first one, or after a timeout.
    Attempt(Task),
    /// A read of a writer's reaches the table.
    Look(Task),
    /// The stream has something for fan-out.
    Pump,
    /// A frame reaches a socket of a device.
    Push(usize, usize, Post),
    /// A device loses its connection.
    Break(usize),
    /// A device connects.
    Open(usize),
    /// A list is being read for a device's socket, part by part.
    List(Box<Page>),
    /// A device asks for one notification.
    Fetch(usize, usize, NotificationId),
    /// What changed is being read from a cursor, part by part.
    Replay(Box<Replay>),
    /// The TTL comes by.
    Expire,
}

/// How bad things are in this history, in percent.
pub(crate) struct Weather {
    pub(crate) slow: i64,
    pub(crate) lost: i64,
    pub(crate) crash: i64,
    pub(crate) push_lost: i64,
    pub(crate) push_late: i64,
    /// How often an answer in parts breaks off.
    pub(crate) cut: i64,
}

/// What else there is to a history, beside chance.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    /// The follower has a line of its own, and is pushed to.
    pub(crate) hears: bool,
    /// So long are the messages that are sent.
    pub(crate) wordy: usize,
    /// What reaches the devices is written down.
    pub(crate) recorded: bool,
}

pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) rng: Rng,
    pub(crate) rules: Rules,
    pub(crate) weather: Weather,
    pub(crate) retention: Retention,
    pub(crate) store: Store,
    pub(crate) truth: Truth,
    /// The owner's, and the follower's.
    pub(crate) devices: [Device; DEVICES + 1],
    pub(crate) follower: Follower,
    pub(crate) manner: Manner,
    /// What has reached each device, where that is written down.
    pub(crate) stories: Vec<Story>,
    pub(crate) user: UserId,
    /// How much of the stream fan-out has handled, and whether it is about to handle more.
    pub(crate) position: usize,
    pub(crate) pumping: bool,
    /// What happened how often; a simulation in which nothing goes wrong proves nothing.
    pub(crate) seen: BTreeMap<&'static str, usize>,
    skews: [i64; WRITERS],
    queue: BTreeMap<(i64, usize), Event>,
    scheduled: usize,
    trace: bool,
}

impl World {
    pub(crate) fn new(seed: u64, rules: Rules, manner: Manner, trace: bool) -> Option<Self> {
        let mut rng = Rng::new(seed);
        let template = template(uuid_v7(&mut rng, START), manner.wordy)?;
        Some(Self {
            now: START,
            weather: Weather {
                slow: rng.between(0, 30),
                lost: if rng.chance(25) { rng.between(40, 80) } else { rng.between(0, 30) },
                crash: rng.between(0, 5),
                push_lost: if rng.chance(50) { rng.between(1, 10) } else { 0 },
                push_late: rng.between(0, 30),
                cut: 50,
            },
            rules,
            retention: Retention::days(KEPT_DAYS, READ_DAYS),
            truth: Truth::new(template.content.clone()),
            user: template.user.clone(),
            store: Store::new(template, rules),
            devices: std::array::from_fn(|_| Device::new(rules)),
            follower: Follower::default(),
            manner,
            stories: (0..=DEVICES).filter(|_| manner.recorded).map(|_| Story::new()).collect(),
            position: 0,
            pumping: false,
            seen: BTreeMap::new(),
            skews: std::array::from_fn(|_| skew(&mut rng)),
            rng,
            queue: BTreeMap::new(),
            scheduled: 0,
            trace,
        })
    }

    /// Lives a whole history and judges how it went, and how it left things.
    pub(crate) fn run(&mut self) -> Vec<Breach> {
        self.plan();
        self.until_quiet();
        self.heal();
        self.until_quiet();
        self.reload();
        self.until_quiet();
        self.follow();
        self.until_quiet();
        (0..self.devices.len()).for_each(|device| self.look_at(device));
        self.truth.judge(self.now, &self.store, &self.devices)
    }

    pub(crate) fn after(&mut self, millis: i64, event: Event) {
        self.scheduled += 1;
        self.queue.insert((self.now + millis, self.scheduled), event);
    }

    /// Counts an incident, and tells of it if somebody is looking at this one history.
    pub(crate) fn note(&mut self, what: &'static str, detail: impl FnOnce() -> String) {
        *self.seen.entry(what).or_default() += 1;
        if self.trace {
            eprintln!("{:>7} ms  {what}: {}", self.now - START, detail());
        }
    }

    pub(crate) fn any_writer(&mut self) -> usize {
        self.rng.index(WRITERS)
    }

    /// The time by a writer's own clock.
    pub(crate) fn clock(&self, writer: usize) -> Timestamp {
        Timestamp::from_millis(self.now + self.skews[writer])
    }

    pub(crate) fn mint(&mut self, writer: usize) -> ChangeId {
        self.uuid(self.clock(writer)).into()
    }

    pub(crate) fn uuid(&mut self, at: Timestamp) -> Uuid {
        uuid_v7(&mut self.rng, at.as_millis())
    }

    fn until_quiet(&mut self) {
        while let Some(((now, _), event)) = self.queue.pop_first() {
            self.now = now;
            self.happen(event);
            self.look_at_screens();
        }
    }

    /// Whether everything that was ever told has reached a device, and nothing is on its way to it.
    pub(crate) fn is_up_to_date(&self, device: usize) -> bool {
        let it = &self.devices[device];
        let is_for_it = |event: &Event| match event {
            Event::Push(to, ..) | Event::Fetch(to, ..) => *to == device,
            _ => false,
        };
        it.connected
            && !it.missed
            && !it.awaits_list()
            && (device != FOLLOWER || self.follower.taken == self.follower.begun)
            && !self.queue.values().any(is_for_it)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(act) => self.act(act),
            Event::Arrive(write, task) => self.arrive(&write, task),
            Event::Answer(task, outcome) => self.answer(task, outcome),
            Event::Attempt(task) => self.attempt(task),
            Event::Look(task) => self.look(task),
            Event::Pump => self.pump(),
            Event::Push(device, socket, post) => self.pushed(device, socket, &post),
            Event::Break(device) => self.close(device),
            Event::Open(FOLLOWER) => self.open_follower(),
            Event::Open(device) => self.open(device),
            Event::List(page) => self.list(page),
            Event::Fetch(device, socket, id) => self.fetch(device, socket, id),
            Event::Replay(replay) => self.replay(replay),
            Event::Expire => self.expire(),
        }
    }
}

/// The worst clocks are the interesting ones.
fn skew(rng: &mut Rng) -> i64 {
    match rng.index(4) {
        0 => -SKEW,
        1 => SKEW,
        _ => rng.between(-SKEW, SKEW),
    }
}

fn uuid_v7(rng: &mut Rng, millis: i64) -> Uuid {
    let noise = (u128::from(rng.next()) << 64 | u128::from(rng.next())).to_be_bytes();
    let noise = std::array::from_fn(|index| noise[index]);
    uuid::Builder::from_unix_timestamp_millis(millis.cast_unsigned(), &noise).into_uuid()
}

/// A notification to copy: new ones differ in nothing but their id, their state and when they expire.
fn template(nobody: Uuid, wordy: usize) -> Option<Notification> {
    let message = format!("There{}", "!".repeat(wordy));
    let body = format!(r#"{{"user":"ana","title":"Hi","message":"{message}","notification_type":"info"}}"#);
    let draft = CreateRequest::parse(body.as_bytes()).ok()?.drafts().pop()?;
    Some(Notification {
        id: nobody.into(),
        user: draft.user,
        content: draft.content,
        state: State { status: Status::Unread, changed: nobody.into() },
        read_at: None,
        archived_at: None,
        snoozed_until: None,
        expires_at: Timestamp::from_millis(i64::MAX),
        count: 1,
    })
}
