//! What the suites share.

#![allow(dead_code, reason = "each suite uses its part")]

pub(crate) mod answered;
pub(crate) mod ask;
pub(crate) mod daemon;
pub(crate) mod gate;
pub(crate) mod invoke;
pub(crate) mod limits;
pub(crate) mod measured;
pub(crate) mod operations;
pub(crate) mod people;
pub(crate) mod queue;
pub(crate) mod recorder;
pub(crate) mod sample;
mod stored;
pub(crate) mod stream;
pub(crate) mod world;

/// The same small issuer that tests the verifier.
#[path = "../../../shared/cloud/tests/support/issuer.rs"]
pub(crate) mod issuer;

use belfry_domain::{CreateRequest, Draft, Role, UserId};

/// A user by name.
pub(crate) fn user(name: &str) -> UserId {
    name.to_owned().try_into().unwrap()
}

/// The shortest draft to that user.
pub(crate) fn draft(to: &str) -> Draft {
    let body = serde_json::json!({ "user": to, "title": "Hi", "message": "…", "notification_type": "info" });
    CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0)
}

/// A role by name.
pub(crate) fn role(name: &str) -> Role {
    name.to_owned().try_into().unwrap()
}
