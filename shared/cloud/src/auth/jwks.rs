//! The issuer's public keys, fetched when they are first needed and again when an unknown one is named.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use jsonwebtoken::{
    DecodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use serde::Deserialize;
use tokio::sync::{Mutex, RwLock};

use super::AuthError;

/// An unknown key id makes the keys be fetched again, at most this often.
const REFETCH_AFTER: Duration = Duration::from_mins(1);

/// Neither document may take longer.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// The keys of one issuer, by their ids.
#[derive(Debug)]
pub(super) struct Jwks {
    client: reqwest::Client,
    issuer: String,
    keys: RwLock<HashMap<String, Jwk>>,
    /// Held while the keys are fetched, so that one request does it for all.
    fetches: Mutex<Fetches>,
}

#[derive(Debug, Default)]
struct Fetches {
    have_keys: bool,
    /// When an unknown key last made them be fetched again.
    again_at: Option<Instant>,
}

/// The part of the discovery document that is needed (OpenID Connect Discovery, section 3).
#[derive(Deserialize)]
struct Discovery {
    jwks_uri: String,
}

impl Jwks {
    pub(super) fn new(issuer: String) -> Self {
        let local = ["http://localhost:", "http://127.0.0.1:"].iter().any(|start| issuer.starts_with(start));
        let client = reqwest::Client::builder().timeout(FETCH_TIMEOUT);
        // No proxy leads back to this machine.
        let client = if local { client.no_proxy() } else { client };
        Self {
            client: client.build().unwrap_or_default(),
            issuer,
            keys: RwLock::default(),
            fetches: Mutex::default(),
        }
    }

    /// The key that a token names. A token that names none is verified by the only key, if there is just one.
    pub(super) async fn key(&self, kid: Option<&str>) -> Result<DecodingKey, AuthError> {
        if let Some(key) = self.known(kid).await {
            return decoding_key(&key);
        }
        let mut fetches = self.fetches.lock().await;
        let recently = fetches.again_at.is_some_and(|at| at.elapsed() < REFETCH_AFTER);
        if self.known(kid).await.is_none() && !(fetches.have_keys && recently) {
            if fetches.have_keys {
                fetches.again_at = Some(Instant::now());
            }
            *self.keys.write().await = self.fetch().await?;
            fetches.have_keys = true;
        }
        let key = self.known(kid).await.ok_or(AuthError::Invalid("unknown key"))?;
        decoding_key(&key)
    }

    async fn known(&self, kid: Option<&str>) -> Option<Jwk> {
        let keys = self.keys.read().await;
        match kid {
            Some(kid) => keys.get(kid).cloned(),
            None if keys.len() == 1 => keys.values().next().cloned(),
            None => None,
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, Jwk>, AuthError> {
        let issuer = self.issuer.trim_end_matches('/');
        let discovery: Discovery = self.get(&format!("{issuer}/.well-known/openid-configuration")).await?;
        let set: JwkSet = self.get(&discovery.jwks_uri).await?;
        let signing = |key: &Jwk| {
            key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        };
        let keys = set.keys.into_iter().filter(signing);
        Ok(keys.map(|key| (key.common.key_id.clone().unwrap_or_default(), key)).collect())
    }

    async fn get<T: for<'a> Deserialize<'a>>(&self, url: &str) -> Result<T, AuthError> {
        let answer = self.client.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let document = match answer {
            Ok(answer) => answer.json().await,
            Err(error) => Err(error),
        };
        document.map_err(|error| AuthError::KeysUnavailable(error.without_url().to_string()))
    }
}

fn decoding_key(key: &Jwk) -> Result<DecodingKey, AuthError> {
    DecodingKey::from_jwk(key).map_err(|_| AuthError::Invalid("unusable key"))
}
