//! Tokens that the target's issuer has not signed.
//!
//! The claims are those of a good token. Tokens with wrong claims *and* the issuer's signature can't be made from
//! outside; issuer, audience and times are therefore tested where the functions are.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use crate::client::Client;

/// What a token says of its bearer.
pub type Claims = Value;

/// What DER puts before the 65 bytes of an uncompressed P-256 point (RFC 5480).
const P256_PREFIX: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

/// Makes tokens that look like somebody's.
pub struct Forge {
    header: Value,
    claims: Claims,
    genuine: String,
}

impl Forge {
    /// A forger who holds this caller's token.
    pub fn with_token_of(client: &Client) -> Self {
        let genuine = client.token().to_owned();
        let part = |index| serde_json::from_slice(&decoded(genuine.split('.').nth(index).unwrap())).unwrap();
        Self { header: part(0), claims: part(1), genuine }
    }

    /// The claims of the genuine token.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// No signature at all, the algorithm spelled so.
    pub fn unsigned(&self, algorithm: &str) -> String {
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": self.header["kid"] });
        format!("{}.{}.", encoded(&header), encoded(&self.claims))
    }

    /// The genuine header and signature around other claims.
    pub fn with_claims(&self, claims: &Claims) -> String {
        let parts: Vec<_> = self.genuine.split('.').collect();
        format!("{}.{}.{}", parts[0], encoded(claims), parts[2])
    }

    /// The genuine token without its last part, or with nothing or noise for it.
    pub fn with_broken_signature(&self) -> Vec<String> {
        let (signed, signature) = self.genuine.rsplit_once('.').unwrap();
        let mut bytes = decoded(signature);
        bytes[10] ^= 1;
        let (flipped, zero) = (URL_SAFE_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode([0; 64]));
        vec![
            signed.to_owned(),
            format!("{signed}."),
            format!("{signed}.{flipped}"),
            format!("{signed}.{zero}"),
        ]
    }

    /// HS256, each time with another form of the issuer's public key as the secret.
    pub async fn signed_with_public_key(&self, client: &Client) -> Vec<String> {
        let jwk = self.public_key(client).await;
        let (x, y) = (decoded(jwk["x"].as_str().unwrap()), decoded(jwk["y"].as_str().unwrap()));
        let point = [x, y].concat();
        let spki = [STANDARD.decode(P256_PREFIX).unwrap(), point.clone()].concat();
        let lines: Vec<_> = STANDARD.encode(&spki).into_bytes();
        let lines: Vec<_> = lines.chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
        let uncompressed = [vec![4], point].concat();
        let secrets =
            [spki, uncompressed, pem.clone().into_bytes(), pem.trim_end().into(), jwk.to_string().into()];
        let header = Header { kid: self.kid(), ..Header::new(Algorithm::HS256) };
        let sign =
            |secret: Vec<u8>| encode(&header, &self.claims, &EncodingKey::from_secret(&secret)).unwrap();
        secrets.into_iter().map(sign).collect()
    }

    /// ES256 with a key of the forger's own: under the issuer's key id, under another, under none, and with the key
    /// itself in the header.
    pub fn signed_with_own_key(&self) -> Vec<String> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let document = document.unwrap();
        let own = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        assert_eq!(own.public_key().as_ref().len(), 65);
        let key = EncodingKey::from_ec_der(document.as_ref());
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
        let plain = Header::new(Algorithm::ES256);
        let headers = [
            Header { kid: self.kid(), ..plain.clone() },
            Header { kid: Some("another".to_owned()), ..plain.clone() },
            Header { kid: self.kid(), jwk: Some(jwk), ..plain.clone() },
            plain,
        ];
        headers.iter().map(|header| encode(header, &self.claims, &key).unwrap()).collect()
    }

    fn kid(&self) -> Option<String> {
        self.header["kid"].as_str().map(str::to_owned)
    }

    /// The key that the issuer publishes under the genuine token's key id.
    async fn public_key(&self, client: &Client) -> Value {
        let client = client.without_headers();
        let discovery = client.get("/.well-known/openid-configuration").await.ok(200);
        let jwks = discovery["jwks_uri"].as_str().unwrap();
        let path = jwks.strip_prefix(discovery["issuer"].as_str().unwrap()).unwrap();
        let keys = client.get(path).await.ok(200);
        let keys = keys["keys"].as_array().unwrap();
        keys.iter().find(|key| key["kid"] == self.header["kid"]).unwrap().clone()
    }
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}
