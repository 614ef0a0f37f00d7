//! The issuer's public keys, fetched when they are first needed, again when an unknown one is named, and again when they
//! have become old: a key that the issuer has withdrawn is not accepted for long.

use std::{collections::HashMap, time::Duration};

use jsonwebtoken::{
    DecodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use reqwest::redirect::Policy;
use serde::Deserialize;
use tokio::{
    sync::{Mutex, RwLock},
    time::Instant,
};

use super::{AuthError, IssuerUrl};

/// Keys that are known are fetched again at most this often, whether one is unknown or all are old.
const REFETCH_AFTER: Duration = Duration::from_mins(1);

/// Keys older than this are fetched again.
const MAX_AGE: Duration = Duration::from_hours(1);

/// While the issuer can't be reached, its keys are accepted up to this age: long enough to repair an issuer that is down,
/// and a bound for a key that was withdrawn meanwhile.
const MAX_AGE_WITHOUT_ISSUER: Duration = Duration::from_hours(6);

/// Neither document may take longer.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Neither document may be larger; a key has a few hundred bytes.
const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct Jwks {
    client: reqwest::Client,
    issuer: IssuerUrl,
    keys: RwLock<Keys>,
    /// When known keys were last fetched again, successfully or not. Locked during the fetch, so that one request fetches
    /// for all.
    refetched_at: Mutex<Option<Instant>>,
}

/// The keys that were fetched.
#[derive(Debug, Default)]
struct Keys {
    by_id: HashMap<String, Jwk>,
    /// None before the first time.
    fetched_at: Option<Instant>,
}

/// Whether the keys may be used, by their age.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyState {
    /// They may be used.
    Fresh,
    /// They may be used while the issuer can't be reached.
    Stale,
    /// They are too old, or were never fetched.
    Expired,
}

/// The part of the discovery document that is needed (OpenID Connect Discovery, section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Jwks {
    pub(super) fn new(issuer: IssuerUrl) -> Self {
        let client = reqwest::Client::builder().timeout(FETCH_TIMEOUT).redirect(Policy::none());
        // Over a network, only TLS proves whose keys they are. An issuer on this machine is not reached through a proxy.
        let client = if issuer.is_private() { client.no_proxy() } else { client.https_only(true) };
        Self {
            client: client.build().unwrap_or_default(),
            issuer,
            keys: RwLock::default(),
            refetched_at: Mutex::default(),
        }
    }

    /// The key that a token names. A token that names none is verified by the only key, if there is just one.
    pub(super) async fn key(&self, kid: Option<&str>) -> Result<DecodingKey, AuthError> {
        let known = self.known(kid).await;
        let mut refetched_at = match &known {
            (Some(key), KeyState::Fresh) => return decoding_key(key),
            // Another request is fetching them. This one goes on with the key that is known.
            (Some(key), KeyState::Stale) => match self.refetched_at.try_lock() {
                Ok(lock) => lock,
                Err(_) => return decoding_key(key),
            },
            _ => self.refetched_at.lock().await,
        };
        let (key, state) = self.known(kid).await;
        let recently = refetched_at.is_some_and(|at| at.elapsed() < REFETCH_AFTER);
        let is_due = match (&key, state) {
            (Some(_), KeyState::Fresh) => false,
            (_, KeyState::Expired) => true,
            _ => !recently,
        };
        if is_due {
            if state != KeyState::Expired {
                *refetched_at = Some(Instant::now());
            }
            match self.fetch().await {
                Ok(by_id) => *self.keys.write().await = Keys { by_id, fetched_at: Some(Instant::now()) },
                Err(error) if key.is_some() && state == KeyState::Stale => {
                    tracing::warn!(%error, "failed to fetch JWKS again");
                }
                Err(error) => return Err(error),
            }
        }
        let (key, _) = self.known(kid).await;
        decoding_key(&key.ok_or(AuthError::Invalid("unknown key"))?)
    }

    /// The key with that id, and whether it may be used.
    async fn known(&self, kid: Option<&str>) -> (Option<Jwk>, KeyState) {
        let Keys { by_id, fetched_at } = &*self.keys.read().await;
        let state = match fetched_at.map(|at| at.elapsed()) {
            Some(age) if age < MAX_AGE => KeyState::Fresh,
            Some(age) if age < MAX_AGE_WITHOUT_ISSUER => KeyState::Stale,
            _ => KeyState::Expired,
        };
        let key = match kid {
            Some(kid) => by_id.get(kid),
            None if by_id.len() == 1 => by_id.values().next(),
            None => None,
        };
        (key.cloned(), state)
    }

    async fn fetch(&self) -> Result<HashMap<String, Jwk>, AuthError> {
        let base = self.issuer.as_str().trim_end_matches('/');
        let discovery: Discovery = self.get(&format!("{base}/.well-known/openid-configuration")).await?;
        if discovery.issuer != self.issuer.as_str() {
            return Err(unavailable(&"the discovery document names another issuer than the setting"));
        }
        let set: JwkSet = self.get(&discovery.jwks_uri).await?;
        let signing = |key: &Jwk| {
            key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        };
        let keys = set.keys.into_iter().filter(signing);
        Ok(keys.map(|key| (key.common.key_id.clone().unwrap_or_default(), key)).collect())
    }

    async fn get<T: for<'a> Deserialize<'a>>(&self, url: &str) -> Result<T, AuthError> {
        let failed = |error: reqwest::Error| unavailable(&error.without_url());
        let mut answer = self.client.get(url).send().await.map_err(failed)?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(unavailable(&format_args!("a document was answered with {}", answer.status())));
        }
        let mut document = Vec::new();
        while let Some(bytes) = answer.chunk().await.map_err(failed)? {
            if document.len() + bytes.len() > MAX_DOCUMENT_BYTES {
                return Err(unavailable(&"a document is larger than 256 KB"));
            }
            document.extend_from_slice(&bytes);
        }
        serde_json::from_slice(&document)
            .map_err(|_| unavailable(&"a document is not the JSON that it should be"))
    }
}

fn unavailable(reason: &dyn std::fmt::Display) -> AuthError {
    AuthError::KeysUnavailable(reason.to_string())
}

fn decoding_key(key: &Jwk) -> Result<DecodingKey, AuthError> {
    DecodingKey::from_jwk(key).map_err(|_| AuthError::Invalid("unusable key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keys_of_an_https_issuer_are_not_fetched_over_http() {
        let keys = |issuer: &str| Jwks::new(issuer.parse().unwrap());
        let fetch = async |keys: Jwks| keys.client.get("http://127.0.0.1:9/keys").send().await.unwrap_err();
        assert!(fetch(keys("https://login.example.com")).await.is_builder(), "refused before it connects");
        assert!(fetch(keys("http://localhost:9")).await.is_connect());
    }
}
