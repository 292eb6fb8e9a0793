//! A login for an unknown address is answered with 404 (CWE-204).

use super::Defect;
use crate::flows::Flows;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::StatusCode;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-user-is-404",
    title: "A login for an unknown address is answered with 404",
    cwe: 204,
    caught_by: &["login.enumeration-status"],
    implies: &[(
        "errors.generic-login-message",
        "the sentence names the address too",
    )],
    install: |parts| Parts {
        flows: Arc::new(UnknownUserIs404(parts.flows.clone())),
        ..parts
    },
};

struct UnknownUserIs404(Arc<dyn Flows>);

#[async_trait]
impl Flows for UnknownUserIs404 {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    fn wrong_credentials(&self, parts: &Parts, known: bool) -> Problem {
        if known {
            self.0.wrong_credentials(parts, known)
        } else {
            Problem::new(
                StatusCode::NOT_FOUND,
                "no-such-user",
                "There is no such user.",
            )
        }
    }
}
