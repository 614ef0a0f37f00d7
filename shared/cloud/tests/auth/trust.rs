//! An issuer, and who believes it.

use belfry_cloud::{AuthError, Caller, TokenVerifier};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::support::issuer::{Issuer, Key};

/// An issuer with one key, and who believes it.
pub(crate) struct Trust {
    pub(crate) key: Key,
    pub(crate) issuer: Issuer,
    pub(crate) verifier: TokenVerifier,
}

impl Trust {
    pub(crate) async fn new(algorithm: Algorithm) -> Self {
        let key = Key::new("key-1", algorithm);
        let issuer = Issuer::with(&[&key]).await;
        let verifier = TokenVerifier::new(issuer.settings());
        Self { key, issuer, verifier }
    }

    /// A good token's claims with some of them changed; null takes one away.
    pub(crate) fn claims(&self, changes: &Value) -> Value {
        let mut claims = self.issuer.claims("ana", "analyst");
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    pub(crate) async fn verify(&self, changes: &Value) -> Result<Caller, AuthError> {
        self.verifier.verify(&self.key.sign(&self.claims(changes))).await
    }
}
