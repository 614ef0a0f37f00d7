//! What a device takes from a frame or a list, and what is to be seen of it.

use std::rc::Rc;

use belfry_domain::{
    ChangeId, NotificationId, NotificationView, Timestamp, Watermarks,
    frame::{Change, NotificationFrame, ServerFrame},
};

/// Where a device shows a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Inbox,
    Archive,
    AsleepUntil(Timestamp),
    Gone,
}

impl Place {
    fn of(archived_at: Option<Timestamp>, snoozed_until: Option<Timestamp>) -> Self {
        match (archived_at, snoozed_until) {
            (Some(_), _) => Self::Archive,
            (None, Some(until)) => Self::AsleepUntil(until),
            (None, None) => Self::Inbox,
        }
    }
}

/// What a frame or a list tells of one notification.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) changed: ChangeId,
    pub(crate) is_read: bool,
    pub(crate) place: Place,
}

impl Told {
    fn by(frame: &NotificationFrame<'_>) -> Self {
        let place = Place::of(frame.archived_at, frame.snoozed_until);
        Self { changed: frame.changed, is_read: frame.is_read, place }
    }
}

/// What a notification says, as far as anything here tells one from another.
pub(crate) type Words = Rc<str>;

/// The part of a frame that the merge looks at.
#[derive(Clone, Debug)]
pub(crate) enum Frame {
    /// All that there is to show of a new notification.
    Ring(NotificationId, Told, Words),
    /// All that there is to show.
    Whole(NotificationId, Told, Words),
    /// Where it stands, not what it says.
    State(NotificationId, Told),
    ReadAll(ChangeId),
}

impl Frame {
    /// What a client takes from a frame; nothing if the frame is no news of an inbox.
    pub(crate) fn read(frame: &ServerFrame<'_>) -> Option<Self> {
        match frame {
            ServerFrame::Notification(ring) => Some(Self::Ring(
                ring.notification_id,
                Told::by(ring),
                words(ring.title.as_str(), &ring.message),
            )),
            ServerFrame::NotificationUpdated(frame) => {
                let words = words(frame.title.as_str(), &frame.message);
                Some(Self::Whole(frame.notification_id, Told::by(frame), words))
            }
            &ServerFrame::NotificationState {
                notification_id,
                changed,
                is_read,
                archived_at,
                snoozed_until,
                deleted,
                ..
            } => {
                let place = if deleted { Place::Gone } else { Place::of(archived_at, snoozed_until) };
                Some(Self::State(notification_id, Told { changed, is_read, place }))
            }
            &ServerFrame::ReadAll { up_to, .. } => Some(Self::ReadAll(up_to)),
            _ => None,
        }
    }

    /// What a client takes from a part of a sync.
    pub(crate) fn of(change: &Change, marks: &Watermarks) -> Option<Self> {
        match change {
            Change::Notification(item) => Some(Self::whole(&item.view(marks))),
            Change::Deleted(id, state) => Self::read(&ServerFrame::deleted(*id, *state, None)),
        }
    }

    /// The notification of a REST answer.
    pub(crate) fn whole(view: &NotificationView<'_>) -> Self {
        let place = Place::of(view.archived_at, view.snoozed_until);
        let told = Told { changed: view.changed, is_read: view.is_read, place };
        Self::Whole(view.id, told, words(view.title.as_str(), view.message.as_str()))
    }
}

fn words(title: &str, message: &str) -> Words {
    format!("{title}: {message}").into()
}

/// Something on its way to a device.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) frame: Frame,
    /// All of it, where histories are written down.
    pub(crate) text: Option<Rc<str>>,
    /// The device has asked for it: this is no frame but a notification by REST.
    pub(crate) is_answer: bool,
}

/// What is seen of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) place: Place,
    pub(crate) is_read: bool,
    pub(crate) words: Words,
}

impl Shown {
    pub(crate) fn of(view: &NotificationView<'_>) -> Self {
        Self {
            place: Place::of(view.archived_at, view.snoozed_until),
            is_read: view.is_read,
            words: words(view.title.as_str(), view.message.as_str()),
        }
    }
}
