//! The smallest bodies that create notifications.

use serde_json::{Value, json};

/// The smallest body that creates a notification.
pub fn draft(user: &str, title: &str) -> Value {
    json!({ "user": user, "title": title, "message": format!("About: {title}"), "notification_type": "info" })
}

/// The smallest body that creates one notification for each of these users.
pub fn draft_for_many(users: &[&str], title: &str) -> Value {
    let mut body = draft("", title);
    body.as_object_mut().unwrap().remove("user");
    body["users"] = json!(users);
    body
}
