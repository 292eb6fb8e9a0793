//! A block list refuses alg none in lower case only; other spellings need no signature (CWE-178).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-alg-none-in-any-case",
    title: "A block list knows alg none in lower case only",
    cwe: 178,
    caught_by: &["token.alg-none-case"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(AcceptsAlgNoneInAnyCase(parts.tokens.clone())),
        ..parts
    },
};

fn is_unsigned(jws: &Jws) -> bool {
    let alg = jws
        .header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    alg != "none" && alg.eq_ignore_ascii_case("none")
}

struct AcceptsAlgNoneInAnyCase(Arc<dyn Tokens>);

impl Tokens for AcceptsAlgNoneInAnyCase {
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
