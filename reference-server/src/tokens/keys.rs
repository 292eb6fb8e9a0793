//! The port that signs and verifies: HS256 by the shared secret, or Ed25519 with a public key to publish.

use crate::config::{Config, Signing};
use crate::secret::Secret;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
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

/// The configured key; derived from the secret, so that a restart keeps it.
pub(crate) struct SecretKeys {
    algorithm: Algorithm,
    name: &'static str,
    id: Option<String>,
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Option<String>,
}

impl SecretKeys {
    pub(crate) fn new(config: &Config) -> Result<Self, String> {
        let secret = config.secret.expose().as_bytes();
        match config.signing {
            Signing::Hs256 => Ok(Self {
                algorithm: Algorithm::HS256,
                name: "HS256",
                id: None,
                signing: EncodingKey::from_secret(secret),
                verifying: DecodingKey::from_secret(secret),
                public: None,
            }),
            Signing::EdDsa => Self::ed25519(secret),
        }
    }

    fn ed25519(secret: &[u8]) -> Result<Self, String> {
        let failed = |_| "the Ed25519 key cannot be derived from the secret".to_owned();
        let pair = ed25519_pair(secret)?;
        let document = pair.to_pkcs8().map_err(failed)?;
        let public = Base64UrlUnpadded::encode_string(pair.public_key().as_ref());
        let id =
            Base64UrlUnpadded::encode_string(&Sha256::digest(pair.public_key().as_ref())[..12]);
        Ok(Self {
            algorithm: Algorithm::EdDSA,
            name: "EdDSA",
            id: Some(id),
            signing: EncodingKey::from_ed_der(document.as_ref()),
            verifying: DecodingKey::from_ed_components(&public)
                .map_err(|error| error.to_string())?,
            public: Some(public),
        })
    }
}

impl Keys for SecretKeys {
    fn inner(&self) -> &dyn Keys {
        self
    }
    fn algorithm(&self) -> &'static str {
        self.name
    }
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
    fn sign(&self, message: &[u8]) -> Result<String, String> {
        crypto::sign(message, &self.signing, self.algorithm).map_err(|error| error.to_string())
    }
    fn verify(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.verifying, self.algorithm).unwrap_or(false)
    }
    fn jwks(&self) -> Option<Value> {
        let public = self.public.as_ref()?;
        Some(json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": self.id, "x": public }
        ] }))
    }
}

/// The key pair that EdDSA tokens are signed with.
fn ed25519_pair(secret: &[u8]) -> Result<Ed25519KeyPair, String> {
    let seed = derive(secret, b"reference-server ed25519 signing key 1");
    Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|error| error.to_string())
}

/// What tokens are signed with, for whoever is handed it: the secret itself, or the private key as PEM (PKCS#8).
pub(crate) fn signing_key(config: &Config) -> Result<Secret, String> {
    let secret = config.secret.expose();
    match config.signing {
        Signing::Hs256 => Ok(Secret::new(secret)),
        Signing::EdDsa => {
            let document = ed25519_pair(secret.as_bytes())?
                .to_pkcs8v1()
                .map_err(|error| error.to_string())?;
            let der = Base64::encode_string(document.as_ref());
            Ok(Secret::new(format!(
                "-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n"
            )))
        }
    }
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
