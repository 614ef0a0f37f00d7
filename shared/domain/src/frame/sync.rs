//! Resuming: what a client is told that says hello (rules 12 to 15 of `docs/consistency.md`).

use serde::Serialize;

use super::{MAX_FRAME_BYTES, NotificationFrame, ServerFrame};
use crate::{
    id::{ChangeId, NotificationId, UserId},
    notification::Notification,
    state::State,
    watermark::Watermarks,
};

/// Where an inbox stands, and how the client should behave.
#[derive(Clone, Debug, Serialize)]
pub struct Welcome<'a> {
    /// Whose inbox it is.
    pub user: &'a UserId,
    /// Unread notifications, counted to 100.
    pub unread_count: usize,
    /// Those of them that weren't seen.
    pub unseen_count: usize,
    /// Unread items at or below it are read.
    pub read_watermark: Option<ChangeId>,
    /// Items at or below it have been seen.
    pub seen_watermark: Option<ChangeId>,
    /// Where to resume from after the next break.
    pub cursor: &'a str,
    /// Seconds of silence after which to say hello again.
    pub ping_interval_s: u32,
    /// How to come back after a break.
    pub reconnect: Reconnect,
    /// Seconds after which the server's side ends the socket.
    pub max_age_s: u32,
}

/// The ceilings of the backoff, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Reconnect {
    /// Of the first wait.
    pub min_ms: u32,
    /// Of the longest.
    pub max_ms: u32,
}

/// A part of what changed.
#[derive(Clone, Debug, Serialize)]
pub struct Sync<'a> {
    /// Whole notifications with their state, and the states of what was deleted.
    pub changes: Vec<ServerFrame<'a>>,
    /// Where to resume from once all parts are there.
    pub cursor: &'a str,
    /// Whether another part follows.
    pub more: bool,
    /// False: too much has changed, or too long ago; load the list again.
    pub recovered: bool,
}

/// Something that changed since a client's cursor.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A notification as it is now.
    Notification(Box<Notification>),
    /// A notification that was deleted.
    Deleted(NotificationId, State),
}

impl Change {
    /// Which change it was.
    pub fn changed(&self) -> ChangeId {
        match self {
            Self::Notification(notification) => notification.state.changed,
            Self::Deleted(_, state) => state.changed,
        }
    }

    fn frame(&self, marks: &Watermarks) -> ServerFrame<'_> {
        match self {
            Self::Notification(notification) => {
                ServerFrame::Notification(Box::new(NotificationFrame::of(notification, marks, None)))
            }
            Self::Deleted(id, state) => ServerFrame::deleted(*id, *state, None),
        }
    }
}

/// The sync frames that carry these changes, each at most [`MAX_FRAME_BYTES`] long; one frame without changes where there
/// are none.
pub fn chunks(
    changes: &[Change],
    marks: &Watermarks,
    cursor: &str,
) -> Result<Vec<String>, serde_json::Error> {
    let part = |changes, more| ServerFrame::Sync(Sync { changes, cursor, more, recovered: true }).into_text();
    let room = MAX_FRAME_BYTES - part(Vec::new(), false)?.len();
    let (mut frames, mut current, mut used) = (Vec::new(), Vec::new(), 0);
    for change in changes {
        let mut frame = change.frame(marks);
        let mut length = serde_json::to_string(&frame)?.len() + ",".len();
        if let ServerFrame::Notification(notification) = &mut frame
            && length > room
        {
            notification.shorten(length - room)?;
            length = room;
        }
        if used + length > room {
            frames.push(part(std::mem::take(&mut current), true)?);
            used = 0;
        }
        used += length;
        current.push(frame);
    }
    frames.push(part(current, false)?);
    Ok(frames)
}
