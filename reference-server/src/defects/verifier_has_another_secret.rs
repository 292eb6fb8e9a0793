//! Issuer and verifier were given different secrets (CWE-1051).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::keys::Keys;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "verifier-has-another-secret",
    title: "Issuer and verifier were given different secrets",
    cwe: 1051,
    caught_by: &["token.issuer-verifier-agree"],
    implies: &[
        (
            "login.happy-path",
            "no credential of a login opens anything",
        ),
        ("registration.happy-path", "a new account cannot be used"),
    ],
    install: |parts| Parts {
        keys: Arc::new(VerifierHasAnotherSecret(parts.keys.clone())),
        ..parts
    },
};

struct VerifierHasAnotherSecret(Arc<dyn Keys>);

impl Keys for VerifierHasAnotherSecret {
    fn inner(&self) -> &dyn Keys {
        &*self.0
    }

    fn verify(&self, message: &[u8], signature: &str) -> bool {
        let other = [message, b"?"].concat();
        self.0.verify(&other, signature)
    }
}
