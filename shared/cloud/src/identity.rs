//! Who is calling, as far as it is proven, and why a credential was not accepted.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_domain::{Permission, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How far the issuer's clock may be from ours, in seconds.
pub(crate) const LEEWAY_SECONDS: u32 = 5;

/// Why a credential was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// It is not a token of this issuer for this audience.
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
    /// It was one.
    #[error("the token has expired")]
    Expired,
    /// Its owner has signed out.
    #[error("the token was revoked")]
    Revoked,
    /// Its owner was deactivated.
    #[error("the user is deactivated")]
    Inactive,
    /// Whether it was revoked can't be found out now.
    #[error("the directory is unavailable: {0}")]
    DirectoryUnavailable(String),
    /// The issuer's keys can't be had now, so nobody can be verified.
    #[error("the issuer's keys are unavailable: {0}")]
    KeysUnavailable(String),
}

/// A verified caller: everything here is the issuer's word or the directory's, nothing the request's.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The claim `sub`.
    pub user: UserId,
    /// The directory's role, or else the claim's; `None` where there is neither.
    pub role: Option<Role>,
    /// The sources whose events the caller may send, as the token lists them; `None` if the setting names no claim.
    pub sources: Option<Vec<String>>,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Names the token, for its revocation.
    pub token: TokenHash,
    /// What else the issuer or the directory says of the user; `None` for the bearer of a ticket.
    pub profile: Option<Profile>,
}

/// The standard claims about a person (OpenID Connect Core, section 5.1); empty where the token has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name to sign in with.
    pub username: String,
    /// The address for mail.
    pub email: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
}

impl Caller {
    /// Whether the caller's role has the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.as_ref().is_some_and(|role| role.role_type().permissions().contains(&permission))
    }

    /// Whether the caller may send events of that source. Admins may send any.
    pub fn may_use_source(&self, source: &str) -> bool {
        let listed = |sources: &Vec<String>| sources.iter().any(|listed| listed == source);
        self.may(Permission::UpdateDirectory) || self.sources.as_ref().is_none_or(listed)
    }
}

/// The SHA-256 of what a token's signature covers, for keeping note of the token without keeping it. The signature itself
/// is left out: of an ECDSA signature anybody can make a second valid one.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    pub(crate) fn of(token: &str) -> Self {
        let signed = token.rsplit_once('.').map_or(token, |(signed, _signature)| signed);
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(signed)))
    }

    /// A hash that was noted before.
    pub const fn kept(hash: String) -> Self {
        Self(hash)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}
