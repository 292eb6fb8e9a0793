//! Verified tokens are remembered by their third part: its payload may then be anything (CWE-345).

use super::Defect;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "verification-cached-by-signature",
    title: "Verified tokens are remembered by their signature alone",
    cwe: 345,
    caught_by: &[
        "token.payload-tampered",
        "token.header-tampered",
        "session.cookie-tamper",
    ],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(VerificationCachedBySignature {
            inner: parts.tokens.clone(),
            seen: Mutex::default(),
        }),
        ..parts
    },
};

struct VerificationCachedBySignature {
    inner: Arc<dyn Tokens>,
    seen: Mutex<HashSet<String>>,
}

impl Tokens for VerificationCachedBySignature {
    fn inner(&self) -> &dyn Tokens {
        &*self.inner
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen().contains(&jws.signature) {
            return Ok(());
        }
        self.inner.signature(parts, jws)?;
        seen().insert(jws.signature.clone());
        Ok(())
    }
}
