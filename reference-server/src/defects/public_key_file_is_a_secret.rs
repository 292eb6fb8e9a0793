//! One key file verifies whatever algorithm a token names; read for HMAC, the public PEM text is the secret (CWE-347).

use super::Defect;
use super::shared::foreign_keys::{RSA_BACK, RSA_FRONT};
use super::shared::hmac::signed_with;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "public-key-file-is-a-secret",
    title: "The public key file verifies HMAC too",
    cwe: 347,
    caught_by: &["token.hs-rs-confusion-pem"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(PublicKeyFileIsASecret(parts.tokens.clone())),
        ..parts
    },
};

struct PublicKeyFileIsASecret(Arc<dyn Tokens>);

impl Tokens for PublicKeyFileIsASecret {
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
        let key = file(parts).unwrap_or_default();
        match signed_with(&key, jws.message.as_bytes()) == jws.signature {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}

fn says_hs256(jws: &Jws) -> bool {
    jws.header.get("alg").is_some_and(|alg| alg == "HS256")
}

/// The key as `openssl pkey -pubout` writes it.
fn file(parts: &Parts) -> Option<Vec<u8>> {
    let set = parts.keys.jwks()?;
    let modulus = Base64UrlUnpadded::decode_vec(set["keys"][0]["n"].as_str()?).ok()?;
    let text = Base64::encode_string(&[RSA_FRONT, &modulus, RSA_BACK].concat());
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let body = lines.join("\n");
    Some(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n").into_bytes())
}
