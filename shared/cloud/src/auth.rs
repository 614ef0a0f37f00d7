//! Who is calling: tokens of an OpenID Connect issuer, verified here and nowhere else.

mod authenticator;
mod caller;
mod issuer;
mod jwks;
mod origins;
mod token;

pub use authenticator::Authenticator;
pub use caller::{Caller, Profile};
pub use issuer::{InvalidIssuer, IssuerUrl};
pub use origins::Origins;
pub(crate) use token::LEEWAY_SECONDS;
pub use token::{AuthError, TokenHash, TokenSettings, TokenVerifier};
