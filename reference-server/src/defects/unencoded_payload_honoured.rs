//! The option for unencoded payloads, meant for webhooks, is on for access tokens too (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unencoded-payload-honoured",
    title: "Tokens may leave their payload unencoded",
    cwe: 345,
    caught_by: &["token.b64-false"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(UnencodedPayloadHonoured(parts.tokens.clone())),
        ..parts
    },
};

fn unencoded(jws: &Jws) -> bool {
    jws.header.get("b64").is_some_and(|b64| b64 == false)
}

struct UnencodedPayloadHonoured(Arc<dyn Tokens>);

impl Tokens for UnencodedPayloadHonoured {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn critical(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        match unencoded(jws) && jws.header.get("crit") == Some(&json!(["b64"])) {
            true => Ok(()),
            false => self.0.critical(parts, jws),
        }
    }

    fn key_hints(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let mut bare = jws.clone();
        bare.header.remove("b64");
        self.0.key_hints(parts, &bare)
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let Some((header, payload)) = jws.message.split_once('.').filter(|_| unencoded(jws)) else {
            return self.0.signature(parts, jws);
        };
        let raw = Base64UrlUnpadded::decode_vec(payload).unwrap_or_default();
        let message = [header.as_bytes(), b".", &raw].concat();
        match parts.keys.verify(&message, &jws.signature) {
            true => Ok(()),
            false => Err(Reject("the signature is wrong")),
        }
    }
}
