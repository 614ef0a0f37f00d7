//! A token can't choose how it is believed: neither its algorithm nor its key (RFC 8725, sections 2.1 and 3).

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use belfry_cloud::AuthError;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::json;

use crate::{support::issuer::Key, trust::Trust};

const ACCEPTED: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256];

fn header(algorithm: Algorithm) -> Header {
    Header { kid: Some("key-1".to_owned()), ..Header::new(algorithm) }
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let trust = Trust::new(Algorithm::ES256).await;
    let claims = URL_SAFE_NO_PAD.encode(trust.claims(&json!({})).to_string());
    for algorithm in ["none", "None", "NONE", ""] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm, "kid": "key-1" }).to_string());
        for signature in ["", "AAAA"] {
            let token = format!("{header}.{claims}.{signature}");
            assert!(matches!(trust.verifier.verify(&token).await, Err(AuthError::Invalid(_))), "{algorithm}");
        }
    }
    let header = URL_SAFE_NO_PAD.encode(json!({ "kid": "key-1" }).to_string());
    let token = format!("{header}.{claims}.AAAA");
    assert!(matches!(trust.verifier.verify(&token).await, Err(AuthError::Invalid(_))));
    assert_eq!(trust.issuer.fetches(), 0, "nobody asks for keys of what is no token");
}

#[tokio::test]
async fn a_public_key_is_never_a_secret() {
    for algorithm in ACCEPTED {
        let trust = Trust::new(algorithm).await;
        for secret in forms(&trust.key.public()) {
            let secret = EncodingKey::from_secret(&secret);
            for symmetric in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let token = encode(&header(symmetric), &trust.claims(&json!({})), &secret).unwrap();
                assert_eq!(trust.verifier.verify(&token).await.unwrap_err(), AuthError::Invalid("algorithm"));
            }
        }
    }
}

/// The bytes by which somebody may have got hold of a public key.
fn forms(public: &Jwk) -> Vec<Vec<u8>> {
    let json = serde_json::to_value(public).unwrap();
    let part = |name: &str| URL_SAFE_NO_PAD.decode(json[name].as_str().unwrap_or_default()).unwrap();
    let (x, y, modulus, exponent) = (part("x"), part("y"), part("n"), part("e"));
    let positive = |number: &[u8]| der(0x02, &[&[0], number].concat());
    let pkcs1 = der(0x30, &[positive(&modulus), positive(&exponent)].concat());
    let rsa_encryption = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0];
    let spki = der(0x30, &[der(0x30, &rsa_encryption), der(0x03, &[&[0], &pkcs1[..]].concat())].concat());
    let pem = |label: &str, der: &[u8]| {
        let text = STANDARD.encode(der);
        let lines: String = text
            .as_bytes()
            .chunks(64)
            .flat_map(|line| [line, b"\n"])
            .flatten()
            .map(|byte| char::from(*byte))
            .collect();
        format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n").into_bytes()
    };
    let pems = [pem("RSA PUBLIC KEY", &pkcs1), pem("PUBLIC KEY", &spki)];
    let point = [&[4], &x[..], &y].concat();
    let raw = [x, point, modulus, pkcs1, spki, json.to_string().into_bytes()];
    raw.into_iter().chain(pems).collect()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length: &[u8] = match length {
        [0, short] if short < 0x80 => &[short],
        [0, byte] => &[0x81, byte],
        [high, low] => &[0x82, high, low],
    };
    [&[tag], length, content].concat()
}

#[tokio::test]
async fn a_key_signs_only_by_its_own_algorithm() {
    for published in ACCEPTED {
        let trust = Trust::new(published).await;
        for other in ACCEPTED.into_iter().filter(|other| *other != published) {
            let token = Key::new("key-1", other).sign(&trust.claims(&json!({})));
            let refused = trust.verifier.verify(&token).await.unwrap_err();
            assert!(matches!(refused, AuthError::Invalid(_)), "{published:?} {other:?}: {refused}");
        }
    }
}

#[tokio::test]
async fn another_algorithm_of_the_same_key_is_refused() {
    let trust = Trust::new(Algorithm::RS256).await;
    for other in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512] {
        let token = trust.key.sign_under(&header(other), &trust.claims(&json!({})));
        assert_eq!(trust.verifier.verify(&token).await.unwrap_err(), AuthError::Invalid("algorithm"));
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_no_key() {
    let trust = Trust::new(Algorithm::ES256).await;
    let own = Key::new("key-1", Algorithm::ES256);
    let claims = trust.claims(&json!({}));
    let elsewhere = format!("{}/keys", trust.issuer.url);
    for kid in [Some("key-1".to_owned()), Some("another".to_owned()), None] {
        let header = Header {
            kid,
            jwk: Some(own.public()),
            jku: Some(elsewhere.clone()),
            x5u: Some(elsewhere.clone()),
            ..Header::new(Algorithm::ES256)
        };
        let refused = trust.verifier.verify(&own.sign_under(&header, &claims)).await.unwrap_err();
        assert!(matches!(refused, AuthError::Invalid("signature" | "unknown key")), "{refused}");
    }
}
