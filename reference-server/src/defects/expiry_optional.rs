//! A token without an expiry is taken for one that never expires (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-optional",
    title: "A token without an expiry never expires",
    cwe: 613,
    caught_by: &["token.exp-missing"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryOptional(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryOptional(Arc<dyn Tokens>);

impl Tokens for ExpiryOptional {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, parts: &Parts, claims: &Claims) -> Result<(), Reject> {
        if claims.contains_key("exp") {
            self.0.expiry(parts, claims)
        } else {
            Ok(())
        }
    }
}
