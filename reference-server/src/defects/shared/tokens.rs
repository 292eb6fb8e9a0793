//! Tokens that need no signature.

use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

/// Takes tokens that look so without their signature.
pub(in crate::defects) fn unsigned(parts: Parts, looks: fn(&Jws) -> bool) -> Parts {
    Parts {
        tokens: Arc::new(Unsigned(parts.tokens.clone(), looks)),
        ..parts
    }
}

struct Unsigned(Arc<dyn Tokens>, fn(&Jws) -> bool);

impl Tokens for Unsigned {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn algorithm(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if (self.1)(jws) {
            Ok(())
        } else {
            self.0.algorithm(parts, jws)
        }
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        if (self.1)(jws) {
            Ok(())
        } else {
            self.0.signature(parts, jws)
        }
    }
}
