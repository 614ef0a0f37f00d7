//! Editing notifications as the API does.

use belfry_cloud::{Inbox, StoreError, clock};
use belfry_domain::{Edit, Notification, NotificationId, UserId, Watermarks};
use serde_json::Value;

/// What `PATCH` with that body comes to.
pub(crate) async fn edit(
    inbox: &Inbox,
    user: &UserId,
    id: NotificationId,
    body: Value,
) -> Result<Option<(Notification, Watermarks)>, StoreError> {
    let edit = Edit::parse(body.to_string().as_bytes()).unwrap();
    inbox.revise(user, id, |found, marks| Ok(edit.of(found, marks, clock::now()).unwrap())).await
}
