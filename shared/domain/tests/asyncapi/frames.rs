//! Frames as the server says them: of each type the barest and the fullest there can be.

use std::collections::{BTreeMap, BTreeSet};

use belfry_domain::{
    ChangeId, CreateRequest, Notification, State, Status, Timestamp, UserId, Watermarks,
    frame::{
        COUNT_CAP, Change, InvalidFrame, MAX_FRAME_BYTES, Reconnect, ServerFrame, Sync, SyncFrames, Welcome,
    },
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_795_420_803_250);
const CURSOR: &str = "4LqawINkS5o-MDFhMjA3NmI0NDAwN2ZmZmJmZmZmZmZmZmZmZmZmZmY";

/// The type of a frame. A new one stops this from compiling: it belongs into the document.
fn kind(frame: &ServerFrame<'_>) -> &'static str {
    match frame {
        ServerFrame::Pong => "pong",
        ServerFrame::Notification(_) => "notification",
        ServerFrame::NotificationUpdated(_) => "notification_updated",
        ServerFrame::NotificationState { .. } => "notification_state",
        ServerFrame::Welcome(_) => "welcome",
        ServerFrame::Sync(_) => "sync",
        ServerFrame::ReadAll { .. } => "read_all",
        ServerFrame::SeenAll { .. } => "seen_all",
        ServerFrame::Reconnect { .. } => "reconnect",
        ServerFrame::Error { .. } => "error",
    }
}

/// All frames, by their type.
pub(crate) fn by_kind() -> BTreeMap<&'static str, Vec<Value>> {
    let (bare, full, wide) = (bare(), full("x"), full("\u{2003}"));
    let mut frames = Vec::new();
    frames.extend(of_one(&bare, &Watermarks::default(), None));
    frames.extend(of_one(&full, &marks(), Some(COUNT_CAP)));
    frames.extend(of_one(&wide, &marks(), Some(COUNT_CAP)));
    frames.extend(of_all(None));
    frames.extend(of_all(Some(COUNT_CAP)));
    frames.push(welcome(&bare.user, &Watermarks::default(), 0));
    frames.push(welcome(&full.user, &marks(), COUNT_CAP));
    frames.push(ServerFrame::Sync(Sync {
        changes: Vec::new(),
        cursor: CURSOR,
        more: false,
        recovered: false,
    }));
    frames.extend([ServerFrame::Pong, ServerFrame::Reconnect { after_ms: 30_000 }]);
    frames.extend(refusals());
    let left_nothing_out: BTreeSet<_> = frames.iter().filter(|frame| is_full(frame)).map(kind).collect();
    let mut by_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for frame in frames {
        by_kind.entry(kind(&frame)).or_default().push(read(&frame.into_text().unwrap()));
    }
    assert!(by_kind.keys().eq(&left_nothing_out), "a type has only frames that leave something out");
    by_kind.entry("sync").or_default().extend(syncs([bare, full, wide]));
    by_kind
}

/// Whether every optional field has something.
fn is_full(frame: &ServerFrame<'_>) -> bool {
    !format!("{frame:?}").contains("None")
}

fn of_one<'a>(
    notification: &'a Notification,
    marks: &Watermarks,
    count: Option<usize>,
) -> [ServerFrame<'a>; 4] {
    [
        ServerFrame::ring(notification, marks, count),
        ServerFrame::updated(notification, marks, count),
        ServerFrame::state(notification, marks, count),
        ServerFrame::deleted(notification.id, deleted(), count),
    ]
}

fn of_all<'a>(count: Option<usize>) -> [ServerFrame<'a>; 2] {
    [
        ServerFrame::ReadAll { up_to: change(), unread_count: count },
        ServerFrame::SeenAll { up_to: change(), unseen_count: count },
    ]
}

/// A frame's text as it is sent.
fn read(text: &str) -> Value {
    assert!(text.len() <= MAX_FRAME_BYTES);
    serde_json::from_str(text).unwrap()
}

/// An empty part, and several with all kinds of changes.
fn syncs(standing: [Notification; 3]) -> Vec<Value> {
    let gone = Change::Deleted(standing[0].id, deleted());
    let standing = standing.map(|notification| Change::Notification(Box::new(notification)));
    let packed = |changes: Vec<Change>, marks: &Watermarks| {
        let mut frames = SyncFrames::new(marks, CURSOR).unwrap();
        for change in changes {
            frames.push(change).unwrap();
        }
        frames.finish().unwrap()
    };
    let nothing = packed(Vec::new(), &Watermarks::default());
    let parts = packed(standing.into_iter().chain([gone]).collect(), &marks());
    assert!(parts.len() > 1);
    nothing.iter().chain(&parts).map(|text| read(text)).collect()
}

fn welcome<'a>(user: &'a UserId, marks: &Watermarks, count: usize) -> ServerFrame<'a> {
    ServerFrame::Welcome(Welcome {
        user,
        unread_count: count,
        unseen_count: count,
        read_watermark: marks.read,
        seen_watermark: marks.seen,
        cursor: CURSOR,
        ping_interval_s: 540,
        reconnect: Reconnect { min_ms: 500, max_ms: 30_000 },
        max_age_s: 7_200,
    })
}

/// An error for each way in which a frame is not understood. A new way stops this from compiling.
fn refusals<'a>() -> impl Iterator<Item = ServerFrame<'a>> {
    let field = InvalidFrame::Field("up_to", "must be a change id");
    let ambiguous = InvalidFrame::Ambiguous("is given more than once");
    let all = [InvalidFrame::NotJson, InvalidFrame::NoType, InvalidFrame::UnknownType, ambiguous, field];
    all.into_iter().map(|refusal| match refusal {
        InvalidFrame::NotJson
        | InvalidFrame::NoType
        | InvalidFrame::UnknownType
        | InvalidFrame::Ambiguous(_)
        | InvalidFrame::Field(..) => ServerFrame::Error { code: refusal.code(), detail: refusal.to_string() },
    })
}

fn change() -> ChangeId {
    ChangeId::last_of(NOW)
}

fn deleted() -> State {
    State { status: Status::Deleted, changed: change() }
}

fn marks() -> Watermarks {
    Watermarks { read: Some(change()), seen: Some(change()), ..Watermarks::default() }
}

/// What a sender must say and nothing else, unread.
fn bare() -> Notification {
    sent(&json!({ "user": "ana", "title": "x", "message": "x", "notification_type": "info" }), None)
}

/// Every field of every length that it may have, and every time. Where the filler is wide, the message doesn't fit a
/// frame, and what is left of it is white space.
fn full(filler: &str) -> Notification {
    let body = json!({
        "user": "é".repeat(255), "title": "é".repeat(200), "message": filler.repeat(9_999) + "x",
        "notification_type": "report_ready", "category": "é".repeat(100),
        "related_object_type": "é".repeat(100), "related_object_id": "é".repeat(100),
        "redirect_url": "/".to_owned() + &"x".repeat(2_047), "data": { "k": "x".repeat(8_184) },
    });
    sent(&body, Some(NOW))
}

fn sent(body: &Value, time: Option<Timestamp>) -> Notification {
    let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
    Notification {
        id: change().to_string().parse().unwrap(),
        user: draft.user,
        content: draft.content,
        state: State { status: Status::Unread, changed: change() },
        read_at: time,
        archived_at: time,
        snoozed_until: time,
        expires_at: NOW,
        count: if time.is_some() { u32::MAX } else { 1 },
    }
}
