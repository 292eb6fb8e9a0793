//! Nobody looks which kind of token it is (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "kind-of-token-ignored",
    title: "Any kind of token is taken for an access token",
    cwe: 345,
    caught_by: &["token.typ-header"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(KindOfTokenIgnored(parts.tokens.clone())),
        ..parts
    },
};

struct KindOfTokenIgnored(Arc<dyn Tokens>);

impl Tokens for KindOfTokenIgnored {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn kind(&self, _: &Parts, _: &Jws) -> Result<(), Reject> {
        Ok(())
    }
}
