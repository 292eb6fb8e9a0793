//! HMAC with a key that is no secret.

use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;

/// The third part of a token that is signed by HS256 with this key.
pub(in crate::defects) fn signed_with(key: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(message);
    Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
}

/// A token that says HS256 is verified with what everybody can read of the public key.
pub(in crate::defects) fn verified_with_the_public_key(
    parts: Parts,
    public: fn(&Parts) -> Option<Vec<u8>>,
) -> Parts {
    Parts {
        tokens: Arc::new(PublicKeyIsASecret {
            inner: parts.tokens.clone(),
            public,
        }),
        ..parts
    }
}

struct PublicKeyIsASecret {
    inner: Arc<dyn Tokens>,
    public: fn(&Parts) -> Option<Vec<u8>>,
}

impl Tokens for PublicKeyIsASecret {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match says_hs256(jws) {
            true => Ok(()),
            false => self.inner.algorithm(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if !says_hs256(jws) {
            return self.inner.signature(parts, jws);
        }
        let key = (self.public)(parts).unwrap_or_default();
        match signed_with(&key, jws.message.as_bytes()) == jws.signature {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}

fn says_hs256(jws: &Jws) -> bool {
    jws.header.get("alg").is_some_and(|alg| alg == "HS256")
}
