//! Who is calling: tokens of an OpenID Connect issuer, verified here and nowhere else.

mod jwks;
mod origins;
mod token;

pub use origins::Origins;
pub use token::{AuthError, Caller, TokenHash, TokenSettings, TokenVerifier};
