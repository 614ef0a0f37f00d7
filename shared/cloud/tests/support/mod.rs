//! What the suites share.

#![allow(dead_code, reason = "each suite uses its part")]

pub(crate) mod issuer;
pub(crate) mod left;
pub(crate) mod store;

use belfry_domain::{Draft, UserId};

/// A user by name.
pub(crate) fn user(name: &str) -> UserId {
    name.to_owned().try_into().unwrap()
}

/// The shortest draft to that user.
pub(crate) fn draft(to: &str, title: &str) -> Draft {
    let body = serde_json::json!({ "user": to, "title": title, "message": "…", "notification_type": "info" });
    Draft::parse(body.to_string().as_bytes()).unwrap()
}
