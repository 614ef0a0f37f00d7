//! Who is calling: tokens of an OpenID Connect issuer, verified here and nowhere else.

mod authenticator;
mod jwks;
mod origins;
mod token;

pub use authenticator::Authenticator;
pub use origins::Origins;
pub use token::{AuthError, Caller, TokenHash, TokenSettings, TokenVerifier};
