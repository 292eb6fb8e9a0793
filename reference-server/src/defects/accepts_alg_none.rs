//! A token that says `alg: none` needs no signature (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-alg-none",
    title: "A token that says alg none needs no signature",
    cwe: 347,
    caught_by: &["token.alg-none"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its attacks include an unsigned token",
    )],
    install: |parts| Parts {
        tokens: Arc::new(AcceptsAlgNone(parts.tokens.clone())),
        ..parts
    },
};

struct AcceptsAlgNone(Arc<dyn Tokens>);

impl Tokens for AcceptsAlgNone {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if is_unsigned(jws) {
            Ok(())
        } else {
            self.0.algorithm(parts, jws)
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if is_unsigned(jws) {
            Ok(())
        } else {
            self.0.signature(parts, jws)
        }
    }
}

fn is_unsigned(jws: &Jws) -> bool {
    jws.header.get("alg").is_some_and(|alg| alg == "none") && jws.signature.is_empty()
}
