//! A user tried something without the permission: every active admin is notified.

use belfry_domain::{Content, NotificationType, RoleType, body::InvalidBody, text::Label};
use serde_json::{Map, Value};

use super::{
    contract::{ObjectReference, Signal, UserReference, detail},
    effect::{Effect, OutgoingNotification, To, content},
};

detail! {
    /// Something that was refused.
    PermissionDenied {
        /// The entry of the audit log.
        audit_log_id: ObjectReference,
        /// Who tried.
        user_id: UserReference,
        /// Their name.
        username: Label,
        /// What they tried to do, such as `delete`.
        action: Label,
        /// To what kind of object.
        object_type: Option<Label>,
        /// To which.
        object_id: Option<ObjectReference>,
    }
}

impl Signal for PermissionDenied {
    const SOURCE: Option<&'static str> = Some("supply.audit");
    const DETAIL_TYPE: &'static str = "Permission Denied";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let Self { audit_log_id, user_id, username, action, object_type, object_id } = self;
        let tried = [Some(action.clone()), object_type, object_id.map(|id| id.0)];
        let tried: Vec<_> = tried.iter().flatten().map(Label::as_str).collect();
        let content = Content {
            related_object_type: Label::try_from("audit_log".to_owned()).ok(),
            related_object_id: Some(audit_log_id.0),
            ..content(
                NotificationType::PermissionDenied,
                &format!("Permission Denied - {username}"),
                &format!("{username} tried to {} without permission.", tried.join(" ")),
            )?
        };
        let dedup_key = Some(format!("{}\n{action}", user_id.0));
        Ok(vec![Effect::Notify(OutgoingNotification { to: To::Role(RoleType::Admin), content, dedup_key })])
    }
}
