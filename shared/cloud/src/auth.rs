//! Who is calling: tokens of an OpenID Connect issuer, verified here and nowhere else.

mod authenticator;
mod issuer;
mod jwks;
mod origins;
mod token;

pub use authenticator::Authenticator;
pub use issuer::{InvalidIssuer, IssuerUrl};
pub use origins::Origins;
pub use token::{TokenSettings, TokenVerifier};

pub use crate::identity::{AuthError, Caller, Profile, TokenHash};
