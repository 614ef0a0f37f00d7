//! A table that writes on condition, as DynamoDB does: one inbox, its index `by_state` and its stream.

use std::{collections::BTreeMap, fmt};

use belfry_domain::{ChangeId, Draft, Letter, Notification, NotificationId, State, Timestamp, Watermarks};

/// One request to write one item.
pub(crate) enum Write {
    /// `PutItem`; `if_free` is `attribute_not_exists`.
    Put { id: NotificationId, state: State, if_free: bool },
    /// `UpdateItem` of a notification's state.
    Update { id: NotificationId, to: State, condition: Condition },
    /// `UpdateItem` of the read watermark.
    Mark { up_to: ChangeId, only_forward: bool },
}

/// The condition of an update: every part that is asked for must hold.
#[derive(Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) exists: bool,
    pub(crate) newer: bool,
    pub(crate) letter: bool,
    pub(crate) exactly: Option<State>,
}

/// What the writer is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Done,
    /// The condition failed, and this is what it failed on.
    Refused(Option<State>),
}

/// A record of the stream.
#[derive(Clone)]
pub(crate) enum Image {
    Item { old: Option<State>, new: Box<Notification> },
    Marks { read: ChangeId },
}

pub(crate) struct Store {
    template: Notification,
    items: BTreeMap<NotificationId, Notification>,
    /// The sort key `<letter>#<change id>`, as text, so that the order is the one a real index has.
    by_state: BTreeMap<String, NotificationId>,
    marks: Watermarks,
    stream: Vec<Image>,
    tombstones: bool,
}

impl Store {
    pub(crate) fn new(template: Notification, tombstones: bool) -> Self {
        Self {
            template,
            items: BTreeMap::new(),
            by_state: BTreeMap::new(),
            marks: Watermarks::default(),
            stream: Vec::new(),
            tombstones,
        }
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Notification> {
        self.items.values()
    }

    pub(crate) fn get(&self, id: NotificationId) -> Option<&Notification> {
        self.items.get(&id)
    }

    pub(crate) fn marks(&self) -> &Watermarks {
        &self.marks
    }

    pub(crate) fn stream(&self) -> &[Image] {
        &self.stream
    }

    /// The unread items above the read watermark, by a range of the index: `u#<mark>` < `state` < `u$`.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &Notification> {
        let above = self.marks.read.map_or("u#".to_owned(), |changed| {
            // `\u{1}` makes the start exclusive: no state has anything after its change id.
            format!("{}\u{1}", State { letter: Letter::Unread, changed })
        });
        self.by_state.range(above.."u$".to_owned()).filter_map(|(_, id)| self.items.get(id))
    }

    /// Checks the condition and writes, in one step that nothing comes between.
    pub(crate) fn apply(&mut self, write: &Write) -> Outcome {
        match *write {
            Write::Put { id, state, if_free } => match self.get(id) {
                Some(found) if if_free => Outcome::Refused(Some(found.state)),
                _ => self.replace(id, state),
            },
            Write::Update { id, to, condition } => {
                let found = self.get(id).map(|item| item.state);
                if condition.holds(found, to) { self.replace(id, to) } else { Outcome::Refused(found) }
            }
            Write::Mark { up_to, only_forward } => {
                if only_forward && self.marks.read >= Some(up_to) {
                    return Outcome::Refused(None);
                }
                self.marks.read = Some(up_to);
                self.marks.read_history.insert(0, up_to);
                self.stream.push(Image::Marks { read: up_to });
                Outcome::Done
            }
        }
    }

    fn replace(&mut self, id: NotificationId, state: State) -> Outcome {
        let new = Notification { id, state, ..self.template.clone() };
        let old = if state.letter == Letter::Deleted && !self.tombstones {
            self.items.remove(&id)
        } else {
            self.by_state.insert(state.to_string(), id);
            self.items.insert(id, new.clone())
        };
        let old = old.map(|item| item.state);
        if let Some(old) = old.filter(|old| *old != state) {
            self.by_state.remove(&old.to_string());
        }
        self.stream.push(Image::Item { old, new: Box::new(new) });
        Outcome::Done
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { id, state, .. } => write!(f, "put {id} {state}"),
            Self::Update { id, to, .. } => write!(f, "update {id} {to}"),
            Self::Mark { up_to, .. } => write!(f, "mark {up_to}"),
        }
    }
}

impl Condition {
    fn holds(self, found: Option<State>, to: State) -> bool {
        let Some(found) = found else { return !self.exists };
        (!self.newer || found.changed < to.changed)
            && (!self.letter || to.letter.allowed_from().contains(&found.letter))
            && self.exactly.is_none_or(|exactly| found == exactly)
    }
}

/// A notification to copy: all that differs between the simulated ones is their id and state.
pub(crate) fn template(nobody: NotificationId, state: State) -> Option<Notification> {
    let body = br#"{"user":"ana","title":"Hi","message":"There","notification_type":"info"}"#;
    let Draft { user, content } = Draft::parse(body).ok()?;
    let expires_at = Timestamp::from_millis(i64::MAX);
    Some(Notification { id: nobody, user, content, state, read_at: None, expires_at })
}
