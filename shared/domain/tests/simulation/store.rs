//! A table that writes on condition, as DynamoDB does: one inbox, its marks, its index `by_state` and its stream.

use std::collections::BTreeMap;

use belfry_domain::{ChangeId, Notification, NotificationId, State, Status, Timestamp, Watermarks};

use super::{
    rules::{Guard, Rules},
    write::{Mark, What},
};

/// What the writer is told.
pub(crate) enum Outcome {
    Done,
    /// An update was carried out, and left this.
    Written(Box<Notification>),
    /// The condition failed, and this is what it failed on.
    Refused(Option<Box<Notification>>),
    /// The marks as they were before, whether they moved or not.
    Marks(Box<Watermarks>),
}

/// A record of the stream. What the TTL deletes has one, too, which tells nobody anything.
pub(crate) enum Image {
    Item { old: Option<Box<Notification>>, new: Box<Notification> },
    ReadMark(ChangeId),
}

pub(crate) struct Store {
    template: Notification,
    items: BTreeMap<NotificationId, Notification>,
    /// The sort key `<status>#<change id>`, as text, so that the order is the one a real index has.
    by_state: BTreeMap<String, NotificationId>,
    marks: Watermarks,
    marks_expire_at: Option<Timestamp>,
    stream: Vec<Image>,
    rules: Rules,
}

impl Store {
    pub(crate) fn new(template: Notification, rules: Rules) -> Self {
        Self {
            template,
            items: BTreeMap::new(),
            by_state: BTreeMap::new(),
            marks: Watermarks::default(),
            marks_expire_at: None,
            stream: Vec::new(),
            rules,
        }
    }

    /// A notification that is new at the time of its change.
    pub(crate) fn draft(&self, id: NotificationId, changed: ChangeId, expires_at: Timestamp) -> Notification {
        let state = State { status: Status::Unread, changed };
        Notification { id, state, expires_at, ..self.template.clone() }
    }

    /// Everything that is stored, also what is deleted or expired.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Notification> {
        self.items.values()
    }

    /// What is stored, also if it is deleted or expired.
    pub(crate) fn stored(&self, id: NotificationId) -> Option<&Notification> {
        self.items.get(&id)
    }

    /// What a reader finds whose clock says `now`.
    pub(crate) fn get(&self, id: NotificationId, now: Timestamp) -> Option<&Notification> {
        let there = |item: &&Notification| item.state.status != Status::Deleted && self.shows(item, now);
        self.stored(id).filter(there)
    }

    pub(crate) fn marks(&self) -> &Watermarks {
        &self.marks
    }

    pub(crate) fn stream(&self) -> &[Image] {
        &self.stream
    }

    /// The items of a status above `mark`, by a range of the index, oldest first.
    pub(crate) fn by_letter(
        &self,
        status: Status,
        mark: Option<ChangeId>,
        now: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Notification> {
        let key = |changed| State { status, changed }.to_string();
        let range = key(mark.map_or(ChangeId::MIN, ChangeId::successor))..=key(ChangeId::MAX);
        let found = self.by_state.range(range).filter_map(|(_, id)| self.items.get(id));
        found.filter(move |item| self.shows(item, now))
    }

    /// How many are unread above `mark`.
    pub(crate) fn count_unread(&self, mark: Option<ChangeId>, now: Timestamp) -> usize {
        self.by_letter(Status::Unread, mark, now).count()
    }

    fn shows(&self, item: &Notification, now: Timestamp) -> bool {
        item.expires_at > now || !self.rules.has(Guard::ExpiredIsHidden)
    }

    /// Checks the condition and writes, in one step that nothing comes between.
    pub(crate) fn apply(&mut self, what: &What) -> Outcome {
        match what {
            What::Put { item, if_free } => match self.stored(item.id) {
                Some(found) if *if_free => Outcome::Refused(Some(Box::new(found.clone()))),
                _ => {
                    self.replace((**item).clone());
                    Outcome::Done
                }
            },
            What::Update { id, to, set, condition } => {
                let found = self.stored(*id).cloned();
                if !condition.holds(found.as_ref(), *to) {
                    return Outcome::Refused(found.map(Box::new));
                }
                let mut item = found.unwrap_or_else(|| Notification { id: *id, ..self.template.clone() });
                item.state = *to;
                set.apply(&mut item);
                self.replace(item.clone());
                Outcome::Written(Box::new(item))
            }
            What::Move { mark, to, only_forward, keep_until } => {
                let before = Box::new(self.marks.clone());
                let (standing, history) = match mark {
                    Mark::Read => (&mut self.marks.read, &mut self.marks.read_history),
                    Mark::Seen => (&mut self.marks.seen, &mut self.marks.seen_history),
                };
                if !only_forward || *standing < Some(to.to) {
                    *standing = Some(to.to);
                    history.insert(0, *to);
                    self.marks_expire_at = Some(*keep_until);
                    if *mark == Mark::Read {
                        self.stream.push(Image::ReadMark(to.to));
                    }
                }
                Outcome::Marks(before)
            }
            What::Note { keep_until } => {
                self.marks.has_snoozed = true;
                self.marks_expire_at = Some(*keep_until);
                Outcome::Done
            }
        }
    }

    /// The TTL takes what expired before `now`, if it may: it may be days late.
    pub(crate) fn expire(&mut self, now: Timestamp, mut may: impl FnMut() -> bool) -> usize {
        let expired = self.items.values().filter(|item| item.expires_at < now && may());
        let taken: Vec<_> = expired.map(|item| (item.id, item.state.to_string())).collect();
        for (id, key) in &taken {
            self.items.remove(id);
            self.by_state.remove(key);
        }
        if self.marks_expire_at.is_some_and(|at| at < now) && may() {
            self.marks = Watermarks::default();
            self.marks_expire_at = None;
        }
        taken.len()
    }

    fn replace(&mut self, new: Notification) {
        let key = new.state.to_string();
        let old = if new.state.status == Status::Deleted && !self.rules.has(Guard::Tombstone) {
            self.items.remove(&new.id)
        } else {
            self.by_state.insert(key.clone(), new.id);
            self.items.insert(new.id, new.clone())
        };
        if let Some(old) = &old {
            let old_key = old.state.to_string();
            if old_key != key {
                self.by_state.remove(&old_key);
            }
        }
        self.stream.push(Image::Item { old: old.map(Box::new), new: Box::new(new) });
    }
}
