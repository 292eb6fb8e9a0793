//! Of a subject that is a list, the first is the user (CWE-843).

use super::Defect;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::tokens::{Claims, Reject, Tokens};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "subject-list-is-its-first",
    title: "A list of users is taken for its first",
    cwe: 843,
    caught_by: &["token.sub-type"],
    implies: &[],
    install: |parts| Parts {
        tokens: Arc::new(SubjectListIsItsFirst(parts.tokens.clone())),
        ..parts
    },
};

struct SubjectListIsItsFirst(Arc<dyn Tokens>);

impl Tokens for SubjectListIsItsFirst {
    fn inner(&self) -> &dyn Tokens {
        &*self.0
    }

    fn subject(&self, parts: &Parts, claims: &Claims) -> Result<UserId, Reject> {
        let mut one = claims.clone();
        if let Some(Value::Array(list)) = claims.get("sub") {
            one.insert("sub".into(), list.first().cloned().unwrap_or_default());
        }
        self.0.subject(parts, &one)
    }
}
