//! A user may not sign in any more: the directory learns of it, and their sockets are closed.

use belfry_cloud::directory::UserEvent;
use belfry_domain::body::InvalidBody;
use serde_json::{Map, Value};

use super::{
    contract::{Signal, UserReference, detail},
    effect::Effect,
};

detail! {
    /// Somebody who left.
    UserDeactivated {
        /// Who it is: the `sub` of their tokens.
        user_id: UserReference,
    }
}

impl Signal for UserDeactivated {
    const SOURCE: Option<&'static str> = Some("supply.users");
    const DETAIL_TYPE: &'static str = "User Deactivated";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let event = UserEvent { is_active: Some(false), ..UserEvent::default() };
        Ok(vec![Effect::Account(self.user_id.0, event)])
    }
}
