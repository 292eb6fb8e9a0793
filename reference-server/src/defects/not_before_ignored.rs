//! The time from which a token is valid is not looked at (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "not-before-ignored",
    title: "A token is valid before its time",
    cwe: 613,
    caught_by: &["token.nbf-future"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(NotBeforeIgnored(parts.tokens.clone())),
        ..parts
    },
};

struct NotBeforeIgnored(Arc<dyn Tokens>);

impl Tokens for NotBeforeIgnored {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn not_before(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}
