//! A day of leeway, once meant for time zones, keeps expired tokens alive (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-with-a-day-of-leeway",
    title: "Expired tokens live a day longer",
    cwe: 613,
    caught_by: &["token.expired", "token.expired-leeway"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryWithADayOfLeeway(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryWithADayOfLeeway(Arc<dyn Tokens>);

impl Tokens for ExpiryWithADayOfLeeway {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        let exp = claims
            .get("exp")
            .and_then(Value::as_i64)
            .ok_or(Reject("exp is missing"))?;
        if exp + 86_400 > parts.now_ms() / 1000 {
            Ok(())
        } else {
            Err(Reject("expired"))
        }
    }
}
