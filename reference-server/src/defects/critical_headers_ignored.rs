//! The list of critical headers is not looked at, as in most libraries (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "critical-headers-ignored",
    title: "Critical headers are ignored",
    cwe: 345,
    caught_by: &["token.crit-unknown"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(CriticalHeadersIgnored(parts.tokens.clone())),
        ..parts
    },
};

struct CriticalHeadersIgnored(Arc<dyn Tokens>);

impl Tokens for CriticalHeadersIgnored {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn critical(&self, _: &Parts, _: &Jws) -> Result<(), Reject> {
        Ok(())
    }
}
