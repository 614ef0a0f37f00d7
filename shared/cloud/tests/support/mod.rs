//! What the suites share.

#![allow(dead_code, reason = "each suite uses its part")]

pub(crate) mod access;
pub(crate) mod edits;
pub(crate) mod issuer;
pub(crate) mod left;
pub(crate) mod look;
pub(crate) mod reluctant;
pub(crate) mod store;

use belfry_cloud::clock;
use belfry_domain::{Action, CreateRequest, Draft, UserId};
use futures::future::join_all;

/// A user by name.
pub(crate) fn user(name: &str) -> UserId {
    name.to_owned().try_into().unwrap()
}

/// The shortest draft to that user.
pub(crate) fn draft(to: &str, title: &str) -> Draft {
    let body = serde_json::json!({ "user": to, "title": title, "message": "…", "notification_type": "info" });
    CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0)
}

/// Everything that an owner can do with a notification; a snooze is for longer than any test takes.
pub(crate) fn actions() -> [Action; 6] {
    let until = clock::now().plus_millis(2 * left::LATER);
    [
        Action::MarkRead,
        Action::MarkUnread,
        Action::Archive,
        Action::Unarchive,
        Action::Snooze(until),
        Action::Delete,
    ]
}

/// Does it with every action at the same time; faults take their seconds, and the futures are too large for a stack.
pub(crate) async fn with_each_action(done: impl AsyncFn(Action)) {
    join_all(actions().map(|action| Box::pin(done(action)))).await;
}
