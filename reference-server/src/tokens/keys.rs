//! The port that signs and verifies: HMAC by the shared secret, or a key pair whose public half is published.

mod pair;

use crate::config::{Config, Signing};
use crate::secret::Secret;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use pair::Pair;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The keys of the issuer.
pub trait Keys: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Keys;

    /// The only value of the header's `alg` that is accepted.
    fn algorithm(&self) -> &'static str {
        self.inner().algorithm()
    }
    /// The `kid` of issued tokens, where there is more than the shared secret.
    fn id(&self) -> Option<&str> {
        self.inner().id()
    }
    /// The third segment for `message` (`header.payload`), base64url.
    fn sign(&self, message: &[u8]) -> Result<String, String> {
        self.inner().sign(message)
    }
    /// Whether `signature` (base64url) belongs to `message`.
    fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.inner().verify(message, signature)
    }
    /// The public keys (RFC 7517), where there are any.
    fn jwks(&self) -> Option<Value> {
        self.inner().jwks()
    }
}

/// The configured key.
pub(crate) struct SecretKeys {
    signing: Signing,
    private: EncodingKey,
    verifying: DecodingKey,
    /// The public half with its `kid`, where there is one.
    public: Option<(String, Value)>,
}

impl SecretKeys {
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let secret = config.secret.expose().as_bytes();
        let Some(pair) = Pair::of(config)? else {
            return Ok(Self {
                signing: config.signing,
                private: EncodingKey::from_secret(secret),
                verifying: DecodingKey::from_secret(secret),
                public: None,
            });
        };
        let pem = pair.pem();
        let pem = pem.expose().as_bytes();
        let private = match config.signing {
            Signing::Rs256 | Signing::Ps256 => EncodingKey::from_rsa_pem(pem),
            Signing::Es256 => EncodingKey::from_ec_pem(pem),
            Signing::EdDsa | Signing::Hs256 | Signing::Hs384 | Signing::Hs512 => {
                EncodingKey::from_ed_pem(pem)
            }
        };
        let mut jwk = pair.public;
        let id = Base64UrlUnpadded::encode_string(&Sha256::digest(jwk.to_string())[..12]);
        jwk["alg"] = config.signing.name().into();
        jwk["use"] = "sig".into();
        jwk["kid"] = id.as_str().into();
        let parsed = serde_json::from_value(jwk.clone()).map_err(|error| error.to_string())?;
        Ok(Self {
            signing: config.signing,
            private: private.map_err(|error| error.to_string())?,
            verifying: DecodingKey::from_jwk(&parsed).map_err(|error| error.to_string())?,
            public: Some((id, jwk)),
        })
    }

    fn algorithm(&self) -> Algorithm {
        match self.signing {
            Signing::Hs256 => Algorithm::HS256,
            Signing::Hs384 => Algorithm::HS384,
            Signing::Hs512 => Algorithm::HS512,
            Signing::Rs256 => Algorithm::RS256,
            Signing::Ps256 => Algorithm::PS256,
            Signing::Es256 => Algorithm::ES256,
            Signing::EdDsa => Algorithm::EdDSA,
        }
    }
}

impl Keys for SecretKeys {
    fn inner(&self) -> &dyn Keys {
        self
    }
    fn algorithm(&self) -> &'static str {
        self.signing.name()
    }
    fn id(&self) -> Option<&str> {
        self.public.as_ref().map(|(id, _)| id.as_str())
    }
    fn sign(&self, message: &[u8]) -> Result<String, String> {
        crypto::sign(message, &self.private, self.algorithm()).map_err(|error| error.to_string())
    }
    fn verify(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.verifying, self.algorithm()).unwrap_or(false)
    }
    fn jwks(&self) -> Option<Value> {
        let (_, jwk) = self.public.as_ref()?;
        Some(json!({ "keys": [jwk] }))
    }
}

/// What tokens are signed with, for whoever is handed it: the secret itself, or the private key as PEM (PKCS#8).
pub(crate) fn signing_key(config: &Config) -> Result<Secret, String> {
    let pair = Pair::of(config)?;
    Ok(pair.map_or_else(|| Secret::new(config.secret.expose()), |pair| pair.pem()))
}

/// A key for one purpose out of the secret: one block of HKDF-Expand (RFC 5869 2.3), the secret being uniform.
pub(crate) fn derive(secret: &[u8], purpose: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(purpose);
    mac.update(&[1]);
    mac.finalize().into_bytes().into()
}
