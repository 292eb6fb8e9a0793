//! The verifier takes the size of the HMAC from the token (CWE-327).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "any-hmac-size-accepted",
    title: "Any size of HMAC is accepted",
    cwe: 327,
    caught_by: &["token.alg-other-hmac"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(AnyHmacSizeAccepted(parts.tokens.clone())),
        ..parts
    },
};

fn other(jws: &Jws) -> Option<hmac::Algorithm> {
    match jws.header.get("alg").and_then(Value::as_str)? {
        "HS384" => Some(hmac::HMAC_SHA384),
        "HS512" => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

struct AnyHmacSizeAccepted(Arc<dyn Tokens>);

impl Tokens for AnyHmacSizeAccepted {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match other(jws) {
            Some(_) => Ok(()),
            None => self.0.algorithm(parts, jws),
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let Some(algorithm) = other(jws) else {
            return self.0.signature(parts, jws);
        };
        let secret = parts
            .config
            .signing_key()
            .map_err(|_| Reject("no secret"))?;
        let key = hmac::Key::new(algorithm, secret.expose().as_bytes());
        let tag = Base64UrlUnpadded::decode_vec(&jws.signature).unwrap_or_default();
        hmac::verify(&key, jws.message.as_bytes(), &tag)
            .map_err(|_| Reject("the signature is wrong"))
    }
}
