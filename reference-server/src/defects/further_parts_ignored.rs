//! A token is its first three parts, whatever follows (CWE-436).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "further-parts-ignored",
    title: "Parts behind the third are ignored",
    cwe: 436,
    caught_by: &["token.trailing-dot"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(FurtherPartsIgnored(parts.tokens.clone())),
        ..parts
    },
};

struct FurtherPartsIgnored(Arc<dyn Tokens>);

impl Tokens for FurtherPartsIgnored {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let first: Vec<_> = token.split('.').take(3).collect();
        self.0.decode(parts, &first.join("."))
    }
}
