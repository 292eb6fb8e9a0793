//! Fifteen minutes of leeway, once meant for a server whose clock was wrong (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-with-fifteen-minutes-of-leeway",
    title: "Expired tokens live a quarter of an hour longer",
    cwe: 613,
    caught_by: &["token.expired-leeway"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryWithFifteenMinutesOfLeeway(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryWithFifteenMinutesOfLeeway(Arc<dyn Tokens>);

impl Tokens for ExpiryWithFifteenMinutesOfLeeway {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        let mut later = claims.clone();
        if let Some(exp) = claims.get("exp").and_then(Value::as_i64) {
            later.insert("exp".into(), (exp + 900).into());
        }
        self.0.expiry(parts, &later)
    }
}
