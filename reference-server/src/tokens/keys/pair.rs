//! The key pair that tokens are signed with, where it is no shared secret.

use super::derive;
use crate::config::{Config, Signing};
use crate::secret::Secret;
use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// RSA primes cannot be told from a secret in a few lines: such a key lives as long as the process, the others survive it.
static RSA: LazyLock<Option<RsaKeyPair>> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).ok());

pub(super) struct Pair {
    /// PKCS#8, unencrypted.
    private: Vec<u8>,
    /// The required members of the JWK in the order of RFC 7638 3.2.
    pub(super) public: Value,
}

impl Pair {
    /// None where the secret itself signs.
    pub(super) fn of(config: &Config) -> Result<Option<Self>, String> {
        let secret = config.secret.expose().as_bytes();
        let pair = match config.signing {
            Signing::Hs256 | Signing::Hs384 | Signing::Hs512 => return Ok(None),
            Signing::Rs256 | Signing::Ps256 => rsa(),
            Signing::Es256 => p256(secret),
            Signing::EdDsa => ed25519(secret),
        };
        let failed = || format!("no {} key can be made", config.signing.name());
        pair.map(Some).ok_or_else(failed)
    }

    pub(super) fn pem(&self) -> Secret {
        let der = Base64::encode_string(&self.private);
        Secret::new(format!(
            "-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n"
        ))
    }
}

fn rsa() -> Option<Pair> {
    let pair = RSA.as_ref()?;
    let public = pair.public_key();
    let private: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    Some(Pair {
        private: private.as_ref().to_vec(),
        public: json!({
            "e": part(public.exponent().big_endian_without_leading_zero()),
            "kty": "RSA",
            "n": part(public.modulus().big_endian_without_leading_zero()),
        }),
    })
}

fn p256(secret: &[u8]) -> Option<Pair> {
    let scalar = derive(secret, b"reference-server p256 signing key 1");
    let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let key = aws_lc_rs::agreement::PrivateKey::from_private_key(
        &aws_lc_rs::agreement::ECDH_P256,
        &scalar,
    );
    let sec1: EcPrivateKeyRfc5915Der<'_> = key.ok()?.as_der().ok()?;
    let pair = EcdsaKeyPair::from_private_key_der(curve, sec1.as_ref()).ok()?;
    let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
    Some(Pair {
        private: pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
        public: json!({ "crv": "P-256", "kty": "EC", "x": part(x), "y": part(y) }),
    })
}

fn ed25519(secret: &[u8]) -> Option<Pair> {
    let seed = derive(secret, b"reference-server ed25519 signing key 1");
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
    Some(Pair {
        private: pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
        public: json!({ "crv": "Ed25519", "kty": "OKP", "x": part(pair.public_key().as_ref()) }),
    })
}

fn part(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
