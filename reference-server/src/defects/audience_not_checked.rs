//! The audience of a token is not compared (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "audience-not-checked",
    title: "A token for another service is accepted",
    cwe: 345,
    caught_by: &["token.aud-wrong"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(AudienceNotChecked(parts.tokens.clone())),
        ..parts
    },
};

struct AudienceNotChecked(Arc<dyn Tokens>);

impl Tokens for AudienceNotChecked {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn audience(&self, _: &Parts, _: &Claims) -> Result<(), Reject> {
        Ok(())
    }
}
