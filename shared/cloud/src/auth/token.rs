//! Verifying one token.

use belfry_domain::{Role, Timestamp, UserId, text::MAX_PROFILE_CHARACTERS};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, errors::ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{AuthError, Caller, IssuerUrl, Profile, TokenHash, jwks::Jwks};
use crate::{config::Environment, identity::LEEWAY_SECONDS};

/// What may sign a token. Symmetric algorithms and `none` are not among them: a public key must never be a secret
/// (RFC 8725, section 2.1).
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The issuer's URL, exactly as in `iss`; its discovery document is found below it.
    pub issuer: IssuerUrl,
    /// What `aud` must contain.
    pub audience: String,
    /// The claim that names the role, such as `role` or `custom:role`.
    pub role_claim: String,
    /// The claim that lists the sources of the events which a producer may send; none if a producer may use any.
    pub sources_claim: Option<String>,
}

impl TokenSettings {
    /// Reads `OIDC_ISSUER`, `OIDC_AUDIENCE` and `ROLE_CLAIM` (by default `role`).
    pub fn read<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        Self {
            issuer: environment.parse("OIDC_ISSUER", IssuerUrl::missing()),
            audience: environment.text("OIDC_AUDIENCE"),
            role_claim: environment.text_or("ROLE_CLAIM", "role"),
            sources_claim: None,
        }
    }

    /// With `SOURCES_CLAIM`, for the function that takes events; empty is none.
    #[must_use]
    pub fn with_sources<F: Fn(&str) -> Option<String>>(self, environment: &mut Environment<F>) -> Self {
        let claim = environment.text_or("SOURCES_CLAIM", "");
        Self { sources_claim: (!claim.is_empty()).then_some(claim), ..self }
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: UserId,
    /// Seconds, possibly with a fraction (RFC 7519, section 2).
    exp: f64,
    /// Where it is missing, the token counts as older than any change of its owner's rights.
    #[serde(default)]
    iat: f64,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Claims {
    /// The first of these claims that is text. It is cut if it is longer than a profile's text may be: a long name must not
    /// keep anybody from signing in.
    fn text(&self, names: &[&str]) -> String {
        let found = names.iter().find_map(|name| self.others.get(*name).and_then(Value::as_str));
        found.unwrap_or_default().chars().take(MAX_PROFILE_CHARACTERS).collect()
    }

    fn profile(&self) -> Profile {
        let username = self.text(&["preferred_username", "cognito:username", "username"]);
        Profile {
            username: if username.is_empty() { self.sub.to_string() } else { username },
            email: self.text(&["email"]),
            first_name: self.text(&["given_name"]),
            last_name: self.text(&["family_name"]),
        }
    }

    /// A role given as a list counts by its first entry, as groups do in Cognito.
    fn role(&self, claim: &str) -> Option<Role> {
        let role = match self.others.get(claim)? {
            Value::Array(roles) => roles.first()?,
            role => role,
        };
        role.as_str()?.to_owned().try_into().ok()
    }

    /// The entries of a list, or of a text with spaces between them. A token without the claim has none.
    fn sources(&self, claim: &str) -> Vec<String> {
        match self.others.get(claim) {
            Some(Value::Array(sources)) => {
                sources.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(sources)) => sources.split_whitespace().map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a time that is too far away saturates")]
fn time(seconds: f64) -> Timestamp {
    Timestamp::from_millis((seconds * 1000.0) as i64)
}

/// Verifies the tokens of one issuer.
#[derive(Debug)]
pub struct TokenVerifier {
    settings: TokenSettings,
    jwks: Jwks,
}

impl TokenVerifier {
    /// A verifier that has fetched no key yet.
    pub fn new(settings: TokenSettings) -> Self {
        Self { jwks: Jwks::new(settings.issuer.clone()), settings }
    }

    /// Checks signature, issuer, audience and times, and returns the caller.
    pub async fn verify(&self, token: &str) -> Result<Caller, AuthError> {
        let header = decode_header(token).map_err(|_| AuthError::Invalid("not a JWT"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(AuthError::Invalid("algorithm"));
        }
        let key = self.jwks.key(header.kid.as_deref()).await?;
        let claims =
            decode::<Claims>(token, &key, &self.validation(header.alg)).map_err(|e| reason(&e))?.claims;
        Ok(Caller {
            role: claims.role(&self.settings.role_claim),
            sources: self.settings.sources_claim.as_deref().map(|claim| claims.sources(claim)),
            issued_at: time(claims.iat),
            expires_at: time(claims.exp),
            token: TokenHash::of(token),
            profile: Some(claims.profile()),
            user: claims.sub,
        })
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[self.settings.issuer.as_str()]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_SECONDS.into();
        validation
    }
}

fn reason(error: &jsonwebtoken::errors::Error) -> AuthError {
    match error.kind() {
        ErrorKind::ExpiredSignature => AuthError::Expired,
        ErrorKind::InvalidSignature => AuthError::Invalid("signature"),
        ErrorKind::InvalidIssuer => AuthError::Invalid("issuer"),
        ErrorKind::InvalidAudience => AuthError::Invalid("audience"),
        ErrorKind::ImmatureSignature => AuthError::Invalid("not valid yet"),
        ErrorKind::InvalidAlgorithm => AuthError::Invalid("algorithm"),
        _ => AuthError::Invalid("claims"),
    }
}
