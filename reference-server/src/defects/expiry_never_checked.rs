//! The expiry of a token is not checked (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "expiry-never-checked",
    title: "The expiry of a token is not checked",
    cwe: 613,
    caught_by: &[
        "token.expired",
        "token.expired-leeway",
        "token.exp-missing",
        "token.exp-type",
        "token.exp-range",
    ],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(ExpiryNotChecked(parts.tokens.clone())),
        ..parts
    },
};

struct ExpiryNotChecked(Arc<dyn Tokens>);

impl Tokens for ExpiryNotChecked {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn expiry(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}
