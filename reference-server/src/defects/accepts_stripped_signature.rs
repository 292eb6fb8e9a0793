//! A token without a third part skips the verification, as if a proxy had done it (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "accepts-stripped-signature",
    title: "A token with an empty signature is not verified",
    cwe: 347,
    caught_by: &["token.signature-stripped"],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(AcceptsStrippedSignature(parts.tokens.clone())),
        ..parts
    },
};

struct AcceptsStrippedSignature(Arc<dyn Tokens>);

impl Tokens for AcceptsStrippedSignature {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if jws.signature.is_empty() {
            return Ok(());
        }
        self.0.signature(parts, jws)
    }
}
