//! A user is new, or somebody else in name, mail, role or standing: the directory learns of it.

use belfry_cloud::{auth::Profile, directory::UserEvent};
use belfry_domain::{Role, body::InvalidBody, text::ProfileText};
use serde_json::{Map, Value};

use super::{
    contract::{Signal, UserReference, detail},
    effect::Effect,
};

detail! {
    /// A user as another service knows them. A name or an address that is left out is empty; a role or a standing that is
    /// left out stays as it is.
    UserUpserted {
        /// Who it is: the `sub` of their tokens.
        user_id: UserReference,
        /// The name to sign in with.
        username: Option<ProfileText>,
        /// The address for mail.
        email: Option<ProfileText>,
        /// The given name.
        first_name: Option<ProfileText>,
        /// The family name.
        last_name: Option<ProfileText>,
        /// Their role.
        #[schema(value_type = Option<belfry_domain::text::Label>)]
        role: Option<Role>,
        /// Whether they may sign in.
        is_active: Option<bool>,
    }
}

impl Signal for UserUpserted {
    const SOURCE: Option<&'static str> = Some("supply.users");
    const DETAIL_TYPE: &'static str = "User Upserted";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let Self { user_id, username, email, first_name, last_name, role, is_active } = self;
        let text = |text: Option<ProfileText>| text.map(String::from).unwrap_or_default();
        let profile = Profile {
            username: text(username),
            email: text(email),
            first_name: text(first_name),
            last_name: text(last_name),
        };
        let event = UserEvent { profile: Some(profile), role: role.map(Some), is_active };
        Ok(vec![Effect::Account(user_id.0, event)])
    }
}
