//! The issuer of a token is not compared (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "issuer-not-checked",
    title: "A token of another issuer is accepted",
    cwe: 345,
    caught_by: &["token.iss-wrong"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(IssuerNotChecked(parts.tokens.clone())),
        ..parts
    },
};

struct IssuerNotChecked(Arc<dyn Tokens>);

impl Tokens for IssuerNotChecked {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn issuer(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}
