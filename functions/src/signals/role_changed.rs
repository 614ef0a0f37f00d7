//! A role change: the user is notified, the directory stores the role, and the user's connections come back with it.

use belfry_cloud::directory::UserEvent;
use belfry_domain::{NotificationType, Role, body::InvalidBody};
use serde_json::{Map, Value};

use super::{
    contract::{ObjectReference, Signal, UserReference, detail, stated},
    effect::{Effect, OutgoingNotification, To, content},
};

detail! {
    /// A role that may have changed. If both roles are equal, nobody is notified.
    RoleChanged {
        /// Whose role it is.
        user_id: UserReference,
        /// The role before; null for none.
        #[schema(value_type = Option<belfry_domain::text::Label>, required = true)]
        old_role: Option<Role>,
        /// The role from now on; null for none.
        #[schema(value_type = Option<belfry_domain::text::Label>, required = true)]
        new_role: Option<Role>,
        /// Who changed it.
        changed_by: Option<ObjectReference>,
    }
}

impl Signal for RoleChanged {
    const SOURCE: Option<&'static str> = Some("supply.users");
    const DETAIL_TYPE: &'static str = "Role Changed";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        // Left out they would say that there is none.
        stated(&detail, &["old_role", "new_role"])?;
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let Self { user_id, old_role, new_role, changed_by } = self;
        let event = UserEvent { role: Some(new_role.clone()), ..UserEvent::default() };
        let account = Effect::Account(user_id.0.clone(), event);
        if old_role == new_role {
            return Ok(vec![account]);
        }
        let shown = |role: &Option<Role>| role.as_ref().map_or("none", Role::display).to_owned();
        let by = changed_by.map(|by| format!(" Changed by {}.", by.0)).unwrap_or_default();
        let message = format!("Your role is {} now; it was {}.{by}", shown(&new_role), shown(&old_role));
        let content = content(NotificationType::RoleChanged, "Role Changed", &message)?;
        // UserEvent first: the sockets that hear of it live are closed by what follows.
        Ok(vec![
            Effect::Notify(OutgoingNotification { to: To::User(user_id.0), content, dedup_key: None }),
            account,
        ])
    }
}
