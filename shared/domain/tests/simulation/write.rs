//! What a writer asks of the table, and why.

use std::fmt;

use belfry_domain::watermark::Move;
use belfry_domain::{
    Action, ChangeId, Content, Notification, NotificationId, Retention, State, Status, Timestamp,
};

/// One request to write one item.
pub(crate) struct Write {
    pub(crate) cause: Cause,
    pub(crate) what: What,
}

/// On whose behalf something is written. The table doesn't know; the model does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cause {
    Create,
    Restamp,
    /// A request's action on one notification.
    Act(usize, Action),
    /// A request's edit that leaves the state alone, and when it had read the marks.
    Edit(usize, i64),
    Wake,
    Sweep(usize),
    MarkAll,
    Seen,
    Note,
}

pub(crate) enum What {
    /// `PutItem`; `if_free` is `attribute_not_exists`.
    Put { item: Box<Notification>, if_free: bool },
    /// `UpdateItem` of a notification.
    Update { id: NotificationId, to: State, set: Box<Set>, condition: Condition },
    /// `UpdateItem` of a watermark, which is kept until then.
    Move { mark: Mark, to: Move, only_forward: bool, keep_until: Timestamp },
    /// `UpdateItem` of the note that something sleeps.
    Note { keep_until: Timestamp },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Read,
    Seen,
}

/// The condition of an update: every part that is asked for must hold.
#[derive(Clone, Copy, Default)]
pub(crate) struct Condition {
    pub(crate) exists: bool,
    pub(crate) newer: bool,
    pub(crate) statuses: Option<&'static [Status]>,
    pub(crate) exactly: Option<State>,
    /// What the mark has read is left alone.
    pub(crate) above: Option<ChangeId>,
    pub(crate) not_expired_at: Option<Timestamp>,
}

impl Condition {
    pub(crate) fn holds(&self, found: Option<&Notification>, to: State) -> bool {
        let Some(found) = found else { return !self.exists };
        (!self.newer || found.state.changed < to.changed)
            && self.statuses.is_none_or(|statuses| statuses.contains(&found.state.status))
            && self.exactly.is_none_or(|exactly| found.state == exactly)
            && self
                .above
                .is_none_or(|mark| found.state.status != Status::Unread || found.state.changed > mark)
            && self.not_expired_at.is_none_or(|now| found.expires_at > now)
    }
}

/// What an update does beside the state.
#[derive(Default)]
pub(crate) struct Set {
    doing: Option<(Action, Timestamp)>,
    expires_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    content: Option<Content>,
}

impl Set {
    pub(crate) fn doing(action: Action, now: Timestamp, retention: Retention) -> Self {
        let expires_at = Some(retention.after(action, now));
        Self { doing: Some((action, now)), expires_at, ..Self::default() }
    }

    /// What it reads was read then, unless that is known.
    pub(crate) fn dating(self, read_at: Option<Timestamp>) -> Self {
        Self { read_at, ..self }
    }

    pub(crate) fn read_at(at: Timestamp) -> Self {
        Self { read_at: Some(at), ..Self::default() }
    }

    pub(crate) fn saying(self, content: Option<Content>) -> Self {
        Self { content, ..self }
    }

    /// What is said anew, if anything is.
    pub(crate) fn content(&self) -> Option<&Content> {
        self.content.as_ref()
    }

    pub(crate) fn apply(&self, item: &mut Notification) {
        item.expires_at = self.expires_at.unwrap_or(item.expires_at);
        if let Some(content) = &self.content {
            item.content = content.clone();
        }
        let Some((action, now)) = self.doing else {
            item.read_at = self.read_at.or(item.read_at);
            return;
        };
        let read_at = self.read_at.unwrap_or(now);
        item.read_at = match action {
            Action::MarkRead => Some(read_at),
            Action::MarkUnread | Action::Delete => None,
            Action::Archive | Action::Snooze(_) => item.read_at.or(Some(read_at)),
            Action::Unarchive => item.read_at,
        };
        item.archived_at = (action == Action::Archive).then_some(now);
        item.snoozed_until = match action {
            Action::Snooze(until) => Some(until),
            _ => None,
        };
    }
}

impl Cause {
    /// What is counted of it.
    pub(crate) const fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Restamp => "restamped",
            Self::Act(..) => "acted",
            Self::Edit(..) => "edited",
            Self::Wake => "woken",
            Self::Sweep(_) => "swept",
            Self::MarkAll => "all marked",
            Self::Seen => "marked seen",
            Self::Note => "snoozing noted",
        }
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = self.cause;
        match &self.what {
            What::Put { item, .. } => write!(f, "{cause:?}: put {} {}", item.id, item.state),
            What::Update { id, to, .. } => write!(f, "{cause:?}: update {id} {to}"),
            What::Move { mark, to, .. } => write!(f, "{cause:?}: mark {mark:?} {}", to.to),
            What::Note { .. } => write!(f, "{cause:?}"),
        }
    }
}
