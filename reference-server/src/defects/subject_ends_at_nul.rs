//! A library in C looks the user up: a text ends at its first NUL (CWE-158).

use super::Defect;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "subject-ends-at-nul",
    title: "The subject of a token ends at a NUL",
    cwe: 158,
    caught_by: &["token.sub-case-and-space"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(SubjectEndsAtNul(parts.tokens.clone())),
        ..parts
    },
};

struct SubjectEndsAtNul(Arc<dyn Tokens>);

impl Tokens for SubjectEndsAtNul {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, parts: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        let text = claims.get("sub").and_then(Value::as_str);
        let Some((front, _)) = text.and_then(|text| text.split_once('\0')) else {
            return self.0.subject(parts, claims);
        };
        let mut cut = claims.clone();
        cut.insert("sub".into(), front.into());
        self.0.subject(parts, &cut)
    }
}
