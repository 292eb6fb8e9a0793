//! The expiry is cast to an unsigned number, where minus one is the end of time (CWE-195).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-cast-to-unsigned",
    title: "A negative expiry lies in the far future",
    cwe: 195,
    caught_by: &["token.exp-range"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryCastToUnsigned(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryCastToUnsigned(Arc<dyn Tokens>);

impl Tokens for ExpiryCastToUnsigned {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        match claims.get("exp").and_then(Value::as_i64) {
            Some(exp) if exp.cast_unsigned() > parts.now_ms().cast_unsigned() / 1000 => Ok(()),
            Some(_) => Err(Reject("expired")),
            None => Err(Reject("exp is no whole number")),
        }
    }
}
