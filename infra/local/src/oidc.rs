//! Whose tokens are accepted: those of the demo sign-in, or of another issuer.

use axum::{Router, routing::get};
use belfry_cloud::auth::{InvalidIssuer, IssuerUrl};

/// The audience of the demo's tokens.
pub(crate) const DEMO_AUDIENCE: &str = "belfry";

/// An issuer of OpenID Connect, and what its tokens must say.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// The `iss` of its tokens, below which its discovery document is.
    pub issuer: IssuerUrl,
    /// The `aud` of its tokens.
    pub audience: String,
    /// The claim that names the role; `role` where there is none.
    pub role_claim: Option<String>,
}

impl Oidc {
    /// The demo sign-in at that URL.
    pub(crate) fn demo(url: &str) -> Result<Self, InvalidIssuer> {
        Ok(Self { issuer: url.parse()?, audience: DEMO_AUDIENCE.to_owned(), role_claim: None })
    }

    /// Replaces the demo page, whose sign-in is off, by a text that says how to sign in.
    pub(crate) fn routes(&self) -> Router {
        let text = format!(
            "Belfry answers here. Its users sign in at {}.\n\nA page hands over their token by POST /api/session/, and a \
             program sends it as a bearer token.\nThe reference of the API is at /reference/.\n",
            self.issuer
        );
        Router::new().route("/", get(|| async { text }))
    }
}
