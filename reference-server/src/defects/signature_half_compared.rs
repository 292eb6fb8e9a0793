//! Only the first half of a signature is compared (CWE-1023).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "signature-half-compared",
    title: "Only the first half of a signature is compared",
    cwe: 1023,
    caught_by: &["token.signature-bitflip"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(SignatureHalfCompared(parts.tokens.clone())),
        ..parts
    },
};

struct SignatureHalfCompared(Arc<dyn Tokens>);

impl Tokens for SignatureHalfCompared {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let ours = parts.keys.sign(jws.message.as_bytes()).unwrap_or_default();
        let half = ours.len() / 2;
        if jws.signature.len() == ours.len() && jws.signature.get(..half) == ours.get(..half) {
            Ok(())
        } else {
            Err(Reject("the signature is wrong"))
        }
    }
}
