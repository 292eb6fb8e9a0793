//! The verifier does what the header says: its alg chooses the check, none included (CWE-757).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "algorithm-from-header",
    title: "The header of a token chooses how it is verified",
    cwe: 757,
    caught_by: &[
        "token.alg-none",
        "token.alg-none-case",
        "token.alg-none-kept-signature",
    ],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(AlgorithmFromHeader(parts.tokens.clone())),
        ..parts
    },
};

struct AlgorithmFromHeader(Arc<dyn Tokens>);

impl Tokens for AlgorithmFromHeader {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn algorithm(&self, _: &Parts, _: &Jws) -> Result<(), Reject> {
        Ok(())
    }
    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let alg = jws
            .header
            .get("alg")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match alg.to_lowercase().as_str() {
            "none" => Ok(()),
            _ => self.0.signature(parts, jws),
        }
    }
}
