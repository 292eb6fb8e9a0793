//! The sentence of a failed login says which of the two was wrong (CWE-204).

use super::Defect;
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-user-is-told",
    title: "The sentence of a failed login says which of the two was wrong",
    cwe: 204,
    caught_by: &["login.enumeration-status", "errors.generic-login-message"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(UnknownUserIsTold(parts.flows.clone())),
        ..parts
    },
};

struct UnknownUserIsTold(Arc<dyn Flows>);

#[async_trait]
impl Flows for UnknownUserIsTold {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    fn wrong_credentials(&self, parts: &Parts, known: bool) -> Problem {
        let detail = if known {
            "The password is wrong."
        } else {
            "No account has this address."
        };
        Problem {
            detail: detail.into(),
            ..self.0.wrong_credentials(parts, known)
        }
    }
}
