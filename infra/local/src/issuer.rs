//! The runner's own OpenID Connect issuer, and the demo sign-in. Neither is part of what is deployed.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
    routing::{get, post},
};
use belfry_cloud::{Origins, clock};
use belfry_dynamo::restrict_to_owner;
use belfry_functions::api::session_cookie;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use crate::{
    data_file::{beside, write_private},
    oidc::DEMO_AUDIENCE,
};

/// A demo token lasts a working day.
const TOKEN_SECONDS: i64 = 8 * 60 * 60;

/// Makes and publishes one ES256 key, and signs demo users in with it.
#[derive(Clone)]
pub(crate) struct Issuer(Arc<Keys>);

struct Keys {
    url: String,
    /// The pages that may sign somebody in.
    pages: Origins,
    signing: EncodingKey,
    public: Jwk,
}

/// The issuer can't have a key.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The file beside the data can't be read or written.
    #[error("the key file {0} can't be used: {1}")]
    File(PathBuf, std::io::Error),
    /// The file beside the data holds no key.
    #[error("the key file {0} holds no key; without the file a new one is made, and everybody signs in anew")]
    NoKey(PathBuf),
    /// The key could not be made.
    #[error("the issuer's key can't be used: {0}")]
    Key(String),
}

/// A person of the demo.
struct DemoUser {
    role: &'static str,
    first_name: &'static str,
    last_name: &'static str,
}

/// `admin`, `ana`, `bruno` and `vera`, and `user-0001` to `user-9999`, who are viewers.
fn demo_user(username: &str) -> Option<DemoUser> {
    let (role, first_name, last_name) = match username {
        "admin" => ("admin", "Alex", "Admin"),
        "ana" => ("analyst", "Ana", "Almeida"),
        "bruno" => ("manager", "Bruno", "Barros"),
        "vera" => ("viewer", "Vera", "Vidal"),
        numbered => {
            let digits = numbered.strip_prefix("user-")?;
            let valid =
                digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && digits != "0000";
            return valid.then_some(DemoUser { role: "viewer", first_name: "User", last_name: "" });
        }
    };
    Some(DemoUser { role, first_name, last_name })
}

impl Issuer {
    /// With the key that is kept beside the data file, or a new one where there is none.
    pub(crate) fn new(url: String, pages: Origins, data: Option<&Path>) -> Result<Self, IssuerError> {
        let der = match data {
            Some(data) => kept_key(&beside(data, ".key"))?,
            None => new_key()?,
        };
        let signing = EncodingKey::from_ec_der(&der);
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256).map_err(unusable)?;
        let thumbprint = public.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).map_err(unusable)?;
        public.common.key_id = Some(thumbprint);
        Ok(Self(Arc::new(Keys { url, pages, signing, public })))
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/.well-known/jwks.json", get(keys))
            .route("/api/session/demo/", post(sign_in))
            .route("/api/session/demo", post(sign_in))
            .with_state(self)
    }

    fn token(&self, username: &str, user: &DemoUser) -> Result<String, jsonwebtoken::errors::Error> {
        let now = clock::now().as_seconds();
        let header = Header { kid: self.0.public.common.key_id.clone(), ..Header::new(Algorithm::ES256) };
        let claims = json!({
            "iss": self.0.url,
            "aud": DEMO_AUDIENCE,
            "sub": username,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": uuid::Uuid::new_v4(),
            "role": user.role,
            "preferred_username": username,
            "email": format!("{username}@example.com"),
            "given_name": user.first_name,
            "family_name": user.last_name,
        });
        encode(&header, &claims, &self.0.signing)
    }
}

async fn discovery(State(issuer): State<Issuer>) -> Json<Value> {
    let url = &issuer.0.url;
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["ES256"],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    }))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "keys": [issuer.0.public] }))
}

/// `POST /api/session/demo/ {"username"}`: a token and the cookie for a demo user, no questions asked. With `"cookie": false`
/// the token alone, for what the page does in another user's name.
async fn sign_in(State(issuer): State<Issuer>, headers: HeaderMap, body: Bytes) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_own = |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| issuer.0.pages.allow(origin));
    if headers.get(header::ORIGIN).is_some_and(|origin| !is_own(origin)) {
        return refuse(StatusCode::FORBIDDEN, "forbidden", "This page may not sign anybody in.");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(username) = body["username"].as_str() else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_body", "The body must be {\"username\": \"…\"}.");
    };
    let Some(user) = demo_user(username) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "invalid_body",
            "Demo users are admin, ana, bruno, vera, and user-0001 to user-9999.",
        );
    };
    let Ok(token) = issuer.token(username, &user) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let keeps = body["cookie"] != false;
    let cookie = keeps.then(|| (header::SET_COOKIE, session_cookie(&token, TOKEN_SECONDS, host)));
    let cookie = AppendHeaders(cookie);
    let user = json!({ "id": username, "username": username, "role": user.role });
    (cookie, Json(json!({ "token": token, "user": user }))).into_response()
}

fn refuse(status: StatusCode, code: &str, detail: &str) -> Response {
    let request_id = uuid::Uuid::new_v4().to_string();
    let problem = json!({
        "type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail,
        "code": code, "request_id": request_id,
    });
    let headers =
        [(header::CONTENT_TYPE.as_str(), "application/problem+json"), ("x-request-id", &request_id)];
    (status, headers, problem.to_string()).into_response()
}

fn kept_key(path: &Path) -> Result<Vec<u8>, IssuerError> {
    restrict_to_owner(path).map_err(|error| IssuerError::File(path.to_owned(), error))?;
    match fs::read(path) {
        Ok(der) if EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).is_ok() => Ok(der),
        Ok(_) => Err(IssuerError::NoKey(path.to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let der = new_key()?;
            write_private(path, &der).map_err(|error| IssuerError::File(path.to_owned(), error))?;
            Ok(der)
        }
        Err(error) => Err(IssuerError::File(path.to_owned(), error)),
    }
}

fn new_key() -> Result<Vec<u8>, IssuerError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    Ok(document.map_err(unusable)?.as_ref().to_vec())
}

fn unusable(error: impl std::fmt::Display) -> IssuerError {
    IssuerError::Key(error.to_string())
}
