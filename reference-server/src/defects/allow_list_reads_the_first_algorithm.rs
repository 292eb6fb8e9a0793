//! The allow-list reads the first of two algorithms, and the verifier follows the last (CWE-436).

use super::Defect;
use super::shared::doubles::{Counts, object, segment};
use super::shared::rewritten::rewritten;
use crate::parts::Parts;
use crate::tokens::jws::Jws;
use crate::tokens::{Reject, Tokens};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "allow-list-reads-the-first-algorithm",
    title: "The allow-list and the verifier read different algorithms",
    cwe: 436,
    caught_by: &["token.duplicate-header"],
    implies: &[],
    install: |parts| {
        let parts = rewritten(parts, |header, payload| {
            let first = object(header, Counts::First)?;
            (Some(&first) != object(header, Counts::Last).as_ref())
                .then(|| (segment(first), payload.to_owned()))
        });
        Parts {
            tokens: Arc::new(FollowsTheLast(parts.tokens.clone())),
            ..parts
        }
    },
};

struct FollowsTheLast(Arc<dyn Tokens>);

impl Tokens for FollowsTheLast {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn signature(&self, parts: &Parts, jws: &Jws) -> Result<(), Reject> {
        let header = jws.message.split('.').next().unwrap_or_default();
        let last = object(header, Counts::Last).unwrap_or_default();
        match last.get("alg").is_some_and(|alg| alg == "none") {
            true => Ok(()),
            false => self.0.signature(parts, jws),
        }
    }
}
