//! Tokens that are read as if they were written otherwise, under the signature that they have.

use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

/// Header and payload as segments to read in the place of those that came; `None` where nothing is special.
type Rewrite = fn(header: &str, payload: &str) -> Option<(String, String)>;

/// Reads tokens by what `rewrite` makes of their first two parts; the signature stays the one over what came.
pub(in crate::defects) fn rewritten(parts: Parts, rewrite: Rewrite) -> Parts {
    Parts {
        tokens: Arc::new(Rewritten(parts.tokens.clone(), rewrite)),
        ..parts
    }
}

struct Rewritten(Arc<dyn Tokens>, Rewrite);

impl Tokens for Rewritten {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn decode(&self, parts: &Parts, token: &str) -> Result<Jws, Reject> {
        let segments: Vec<_> = token.split('.').collect();
        let [header, payload, signature] = segments[..] else {
            return self.0.decode(parts, token);
        };
        let Some((clean_header, clean_payload)) = (self.1)(header, payload) else {
            return self.0.decode(parts, token);
        };
        let clean = format!("{clean_header}.{clean_payload}.{signature}");
        let jws = self.0.decode(parts, &clean)?;
        Ok(Jws {
            message: format!("{header}.{payload}"),
            ..jws
        })
    }
}
