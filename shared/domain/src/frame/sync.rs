//! Resuming: the answer to a `hello` with a cursor (rules 12 to 15 of `docs/consistency.md`).

use super::{MAX_FRAME_BYTES, NotificationFrame, ServerFrame, Sync};
use crate::{
    id::{ChangeId, NotificationId},
    notification::Notification,
    state::State,
    watermark::Watermarks,
};

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

/// Packs changes into sync frames, one change after another, so that only one frame's changes are held at a time. Each frame
/// is at most [`MAX_FRAME_BYTES`] long.
#[derive(Debug)]
pub struct SyncFrames<'a> {
    marks: &'a Watermarks,
    cursor: &'a str,
    /// Bytes of a frame that its changes may take.
    room: usize,
    full: Vec<String>,
    /// The changes of the frame that is not full yet, and the bytes they take.
    pending: Vec<Change>,
    used: usize,
}

impl<'a> SyncFrames<'a> {
    /// Frames with that cursor, and with states by these watermarks.
    pub fn new(marks: &'a Watermarks, cursor: &'a str) -> Result<Self, serde_json::Error> {
        let room = MAX_FRAME_BYTES - part(Vec::new(), cursor, false)?.len();
        Ok(Self { marks, cursor, room, full: Vec::new(), pending: Vec::new(), used: 0 })
    }

    /// Adds a change. The message of a notification that fills a frame by itself is shortened.
    pub fn push(&mut self, change: Change) -> Result<(), serde_json::Error> {
        let length = serde_json::to_string(&change.frame(self.marks))?.len() + ",".len();
        let length = length.min(self.room);
        if self.used + length > self.room {
            let frame = self.pending_frame(true)?;
            self.full.push(frame);
            self.pending.clear();
            self.used = 0;
        }
        self.used += length;
        self.pending.push(change);
        Ok(())
    }

    /// How many frames there are so far, the one that is not full yet included.
    pub fn count(&self) -> usize {
        self.full.len() + 1
    }

    /// All frames. If there were no changes, one frame without changes.
    pub fn finish(mut self) -> Result<Vec<String>, serde_json::Error> {
        let last = self.pending_frame(false)?;
        self.full.push(last);
        Ok(self.full)
    }

    fn pending_frame(&self, more: bool) -> Result<String, serde_json::Error> {
        let mut frames = Vec::with_capacity(self.pending.len());
        for change in &self.pending {
            let mut frame = change.frame(self.marks);
            let length = serde_json::to_string(&frame)?.len() + ",".len();
            if let ServerFrame::Notification(notification) = &mut frame
                && length > self.room
            {
                notification.shorten(length - self.room)?;
            }
            frames.push(frame);
        }
        part(frames, self.cursor, more)
    }
}

fn part(changes: Vec<ServerFrame<'_>>, cursor: &str, more: bool) -> Result<String, serde_json::Error> {
    ServerFrame::Sync(Sync { changes, cursor, more, recovered: true }).into_text()
}
