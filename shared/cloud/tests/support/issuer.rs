//! A small OpenID Connect issuer on loopback, whose keys are made anew in each test.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair},
};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use belfry_cloud::{auth::TokenSettings, clock};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The audience of its tokens.
pub(crate) const AUDIENCE: &str = "belfry-tests";

/// What RSA keys have before their PKCS#1 form when they are wrapped as PKCS#8.
const PKCS8_RSA_HEADER: usize = 26;

/// A key pair with its name.
#[derive(Clone)]
pub(crate) struct Key {
    kid: String,
    algorithm: Algorithm,
    signing: EncodingKey,
}

impl Key {
    pub(crate) fn new(kid: &str, algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let signing = match algorithm {
            Algorithm::ES256 => {
                let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
                EncodingKey::from_ec_der(der.as_ref())
            }
            Algorithm::EdDSA => {
                EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&random).unwrap().as_ref())
            }
            Algorithm::RS256 => {
                let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
                let der: Pkcs8V1Der = pair.as_der().unwrap();
                EncodingKey::from_rsa_der(&der.as_ref()[PKCS8_RSA_HEADER..])
            }
            other => unreachable!("no test signs with {other:?}"),
        };
        Self { kid: kid.to_owned(), algorithm, signing }
    }

    pub(crate) fn public(&self) -> Jwk {
        let mut public = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        public.common.key_id = Some(self.kid.clone());
        public
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) };
        self.sign_under(&header, claims)
    }

    pub(crate) fn sign_without_kid(&self, claims: &Value) -> String {
        self.sign_under(&Header::new(self.algorithm), claims)
    }

    /// Under any header that the key can sign.
    pub(crate) fn sign_under(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.signing).unwrap()
    }
}

/// The issuer; it ends with the test, or when it is told to.
pub(crate) struct Issuer {
    pub(crate) url: String,
    published: Arc<Published>,
    server: JoinHandle<()>,
}

struct Published {
    url: String,
    /// What the discovery document says instead of the truth.
    discovery: Mutex<Option<Value>>,
    /// Where the key set redirects to.
    moved_to: Mutex<Option<String>>,
    keys: Mutex<Vec<Jwk>>,
    fetches: AtomicUsize,
}

impl Issuer {
    /// Publishes these keys.
    pub(crate) async fn with(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let keys = Mutex::new(keys.iter().map(|key| key.public()).collect());
        let published = Arc::new(Published {
            url: url.clone(),
            discovery: Mutex::default(),
            moved_to: Mutex::default(),
            keys,
            fetches: AtomicUsize::new(0),
        });
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys_document))
            .with_state(Arc::clone(&published));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, published, server }
    }

    /// Publishes these instead.
    pub(crate) fn publish(&self, keys: &[Jwk]) {
        *self.published.keys.lock().unwrap() = keys.to_vec();
    }

    /// From now on the discovery document is this one.
    pub(crate) fn discover(&self, document: Value) {
        *self.published.discovery.lock().unwrap() = Some(document);
    }

    /// From now on the key set redirects there.
    pub(crate) fn redirect_keys(&self, to: &str) {
        *self.published.moved_to.lock().unwrap() = Some(to.to_owned());
    }

    /// How often the key set was fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.published.fetches.load(Ordering::SeqCst)
    }

    /// Stops answering.
    pub(crate) async fn stop(&self) {
        self.server.abort();
        while !self.server.is_finished() {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn settings(&self) -> TokenSettings {
        TokenSettings {
            issuer: self.url.parse().unwrap(),
            audience: AUDIENCE.to_owned(),
            role_claim: "role".to_owned(),
            sources_claim: Some("sources".to_owned()),
        }
    }

    /// The claims of a good token of that user, for an hour.
    pub(crate) fn claims(&self, user: &str, role: &str) -> Value {
        let now = clock::now().as_seconds();
        json!({ "iss": self.url, "aud": AUDIENCE, "sub": user, "iat": now, "exp": now + 3_600, "role": role,
            "sources": ["supply.reports", "supply.audit", "supply.users", "deployer"] })
    }
}

async fn discovery(State(published): State<Arc<Published>>) -> Json<Value> {
    let truth = json!({ "issuer": published.url, "jwks_uri": format!("{}/keys", published.url) });
    Json(published.discovery.lock().unwrap().clone().unwrap_or(truth))
}

async fn keys_document(State(published): State<Arc<Published>>) -> Response {
    published.fetches.fetch_add(1, Ordering::SeqCst);
    if let Some(to) = &*published.moved_to.lock().unwrap() {
        return Redirect::temporary(to).into_response();
    }
    Json(json!({ "keys": *published.keys.lock().unwrap() })).into_response()
}
