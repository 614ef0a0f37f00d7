//! Who is calling, as far as it is proven.

use belfry_domain::{Permission, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::TokenHash;

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
