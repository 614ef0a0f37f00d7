//! An issuer, and a directory that knows its users.

use belfry_cloud::{
    Authenticator, Caller, Directory, TokenVerifier, auth::Profile, clock, directory::UserEvent,
};
use belfry_domain::{Role, Timestamp};
use belfry_dynamo::names;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{
    issuer::{Issuer, Key},
    store::{Item, Store},
    user,
};

pub(crate) struct Access {
    pub(crate) store: Store,
    pub(crate) directory: Directory,
    pub(crate) authenticator: Authenticator,
    verifier: TokenVerifier,
    issuer: Issuer,
    key: Key,
}

impl Access {
    pub(crate) async fn new() -> Self {
        let store = Store::new().await;
        let key = Key::new("key-1", Algorithm::EdDSA);
        let issuer = Issuer::with(&[&key]).await;
        let directory = Directory::new(&store.aws, names::DIRECTORY);
        Self {
            authenticator: Authenticator::new(issuer.settings(), directory.clone()),
            verifier: TokenVerifier::new(issuer.settings()),
            store,
            directory,
            issuer,
            key,
        }
    }

    /// A token of ana's with some claims of its own; a role among them, if she is to have one.
    pub(crate) fn token(&self, claims: &Value) -> String {
        let mut all = self.issuer.claims("ana", "");
        all.as_object_mut().unwrap().remove("role");
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        self.key.sign(&all)
    }

    /// A token of ana's that was issued so many seconds ago.
    pub(crate) fn aged(&self, seconds: i64) -> String {
        self.token(&json!({ "iat": clock::now().as_seconds() - seconds }))
    }

    /// Who a token says that the caller is, before anybody has asked the directory.
    pub(crate) async fn claimed(&self, claims: &Value) -> Caller {
        self.verifier.verify(&self.token(claims)).await.unwrap()
    }

    /// An event says of ana that she has that profile and role, and whether she is active.
    pub(crate) async fn event(&self, name: &str, named: Option<&str>, is_active: bool, at: Timestamp) {
        let told = UserEvent {
            profile: Some(profile(name)),
            role: Some(named.map(role)),
            is_active: Some(is_active),
        };
        self.directory.apply_event(&user("ana"), &told, at).await.unwrap();
    }

    /// Everything in the directory.
    pub(crate) async fn rows(&self) -> Vec<Item> {
        let scan = self.store.raw.scan().table_name(names::DIRECTORY).consistent_read(true);
        scan.send().await.unwrap().items.unwrap_or_default()
    }

    /// Puts a row over the one that is there.
    pub(crate) async fn put(&self, row: Item) {
        self.store.raw.put_item().table_name(names::DIRECTORY).set_item(Some(row)).send().await.unwrap();
    }
}

pub(crate) fn role(name: &str) -> Role {
    name.to_owned().try_into().unwrap()
}

/// A profile that tells one user from another.
pub(crate) fn profile(name: &str) -> Profile {
    Profile {
        username: name.to_owned(),
        email: format!("{name}@example.com"),
        first_name: name.to_uppercase(),
        last_name: "Almeida".to_owned(),
    }
}
