//! Whatever iat is, it is not looked at (CWE-1287).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "issued-at-not-checked",
    title: "A time of issue may be any text",
    cwe: 1287,
    caught_by: &["token.iat-future"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(IssuedAtNotChecked(parts.tokens.clone())),
        ..parts
    },
};

struct IssuedAtNotChecked(Arc<dyn Tokens>);

impl Tokens for IssuedAtNotChecked {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn issued_at(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}
