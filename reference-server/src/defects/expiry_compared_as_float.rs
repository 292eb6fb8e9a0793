//! Whatever exp is becomes a float, and what is no number is never smaller than now (CWE-1287).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-compared-as-float",
    title: "An expiry that is no number never comes",
    cwe: 1287,
    caught_by: &["token.exp-type"],
    implies: &[(
        "token.exp-range",
        "an expiry beyond all integers is far ahead",
    )],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryComparedAsFloat(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryComparedAsFloat(Arc<dyn Tokens>);

impl Tokens for ExpiryComparedAsFloat {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        let exp = match claims.get("exp") {
            None => return Err(Reject("exp is missing")),
            Some(Value::Number(number)) => number.as_f64().unwrap_or(f64::NAN),
            Some(Value::String(text)) => text.parse().unwrap_or(f64::NAN),
            Some(Value::Null | Value::Bool(_)) => 0.0,
            Some(Value::Array(_) | Value::Object(_)) => f64::NAN,
        };
        if exp < parts.now_ms() as f64 / 1000.0 {
            return Err(Reject("expired"));
        }
        Ok(())
    }
}
