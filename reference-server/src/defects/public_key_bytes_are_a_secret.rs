//! The key of the key set is kept as bytes, and a token that says HS256 has them taken for a secret (CWE-347).

use super::Defect;
use super::shared::hmac::signed_with;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "public-key-bytes-are-a-secret",
    title: "The bytes of the public key verify HMAC too",
    cwe: 347,
    caught_by: &["token.hs-rs-confusion-jwk"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(PublicKeyBytesAreASecret(parts.tokens.clone())),
        ..parts
    },
};

struct PublicKeyBytesAreASecret(Arc<dyn Tokens>);

impl Tokens for PublicKeyBytesAreASecret {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match says_hs256(jws) {
            true => Ok(()),
            false => self.0.algorithm(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if !says_hs256(jws) {
            return self.0.signature(parts, jws);
        }
        let key = bytes(parts).unwrap_or_default();
        match signed_with(&key, jws.message.as_bytes()) == jws.signature {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}

fn says_hs256(jws: &Jws) -> bool {
    jws.header.get("alg").is_some_and(|alg| alg == "HS256")
}

fn bytes(parts: &Parts) -> Option<Vec<u8>> {
    let set = parts.keys.jwks()?;
    Base64UrlUnpadded::decode_vec(set["keys"][0]["x"].as_str()?).ok()
}
