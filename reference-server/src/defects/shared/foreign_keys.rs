//! Keys that come with a token.

use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64, Encoding};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::Value;
use std::sync::Arc;

/// Verifies a token that has this header member by what the member brings, and by the algorithm that it names.
pub(in crate::defects) fn trusting(
    parts: Parts,
    member: &'static str,
    key: fn(&str) -> Vec<DecodingKey>,
) -> Parts {
    let inner = parts.tokens.clone();
    Parts {
        tokens: Arc::new(Trusting { inner, member, key }),
        ..parts
    }
}

struct Trusting {
    inner: Arc<dyn Tokens>,
    member: &'static str,
    /// The keys behind the member's text, JSON where it is no string.
    key: fn(&str) -> Vec<DecodingKey>,
}

impl Trusting {
    fn brought(&self, jws: &Jws) -> Option<String> {
        let value = jws.header.get(self.member)?;
        Some(
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    }
}

impl Tokens for Trusting {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match self.brought(jws) {
            Some(_) => Ok(()),
            None => self.inner.algorithm(parts, jws),
        }
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match self.brought(jws) {
            Some(_) => Ok(()),
            None => self.inner.key_hints(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let Some(brought) = self.brought(jws) else {
            return self.inner.signature(parts, jws);
        };
        match (self.key)(&brought).iter().any(|key| fits(jws, key)) {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}

fn fits(jws: &Jws, key: &DecodingKey) -> bool {
    let named = jws.header.get("alg").cloned().unwrap_or_default();
    let Ok(algorithm) = serde_json::from_value::<Algorithm>(named) else {
        return false;
    };
    crypto::verify(&jws.signature, jws.message.as_bytes(), key, algorithm).unwrap_or(false)
}

/// The key of a JWK.
pub(in crate::defects) fn key_of(jwk: &Value) -> Option<DecodingKey> {
    let jwk: Jwk = serde_json::from_value(jwk.clone()).ok()?;
    DecodingKey::from_jwk(&jwk).ok()
}

/// SubjectPublicKeyInfo of an RSA key of 2048 bits with the usual exponent, around the modulus (RFC 3279 2.3.1).
pub(in crate::defects) const RSA_FRONT: &[u8] = &[
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01,
    0x00,
];
/// What follows the modulus.
pub(in crate::defects) const RSA_BACK: &[u8] = &[0x02, 0x03, 0x01, 0x00, 0x01];

/// The RSA key of a certificate in base64, with or without its armour; nobody looks who issued it.
pub(in crate::defects) fn certified(text: &str) -> Option<DecodingKey> {
    let bare: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = Base64::decode_vec(bare.trim()).ok()?;
    let at = der
        .windows(RSA_FRONT.len())
        .position(|window| window == RSA_FRONT)?;
    let modulus = der[at + RSA_FRONT.len()..].get(..256)?;
    Some(DecodingKey::from_rsa_raw_components(
        modulus,
        &RSA_BACK[2..],
    ))
}
