//! What the directory is told of people.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::{auth::Profile, clock, directory};
use belfry_dynamo::names;
use serde_json::json;

use super::{role, sample::request, user, world::World};

/// What an event told of a user.
#[derive(Clone, Copy)]
pub(crate) struct UserEvent {
    /// None where they have none.
    pub(crate) role: Option<&'static str>,
    pub(crate) is_active: bool,
    /// Seconds before now.
    pub(crate) ago: i64,
}

impl World {
    /// Writes down what an event told.
    pub(crate) async fn apply_event(&self, name: &str, told: UserEvent) {
        let profile = Profile { username: format!("{name}@work"), ..Profile::default() };
        let at = clock::now().plus_millis(-1000 * told.ago);
        let told = directory::UserEvent {
            profile: Some(profile),
            role: Some(told.role.map(role)),
            is_active: Some(told.is_active),
        };
        self.directory.apply_event(&user(name), &told, at).await.unwrap();
    }

    /// A good token that was issued some seconds ago.
    pub(crate) fn token_of_before(&self, user: &str, role: &str, ago: i64) -> String {
        let mut claims = self.issuer.claims(user, role);
        claims["iat"] = json!(clock::now().as_seconds() - ago);
        self.key.sign(&claims)
    }

    /// Signs the bearer out.
    pub(crate) async fn revoke(&self, token: &str) {
        let answer = self.api(request("DELETE", "/api/session/", token)).await;
        assert_eq!(answer.status(), 204);
        self.wire.take_calls();
    }

    /// The directory's row of a user, by attribute.
    pub(crate) async fn row(&self, name: &str) -> Option<HashMap<String, AttributeValue>> {
        let get = self.raw.get_item().table_name(names::DIRECTORY).consistent_read(true);
        let get = get.key("entity", AttributeValue::S(format!("user#{name}")));
        get.key("record", AttributeValue::S("profile".to_owned())).send().await.unwrap().item
    }
}
