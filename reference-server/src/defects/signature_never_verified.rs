//! The signature of a token is not verified, an option left over from debugging (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "signature-never-verified",
    title: "The signature of a token is not verified",
    cwe: 347,
    caught_by: &[
        "token.signature-bitflip",
        "token.signature-stripped",
        "token.signature-truncated",
        "token.header-tampered",
        "token.payload-tampered",
        "token.wrong-key",
        "token.empty-key",
    ],
    implies: &[(
        "token.all-routes-same-verifier",
        "its bad tokens are sent to every route",
    )],
    install: |parts| Parts {
        tokens: Arc::new(SignatureNotVerified(parts.tokens.clone())),
        ..parts
    },
};

struct SignatureNotVerified(Arc<dyn Tokens>);

impl Tokens for SignatureNotVerified {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, _: &Parts, _: &Jws) -> Result<(), Reject> {
        Ok(())
    }
}
