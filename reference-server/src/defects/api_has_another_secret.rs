//! The service of the tasks was deployed with a secret of its own (CWE-1051).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "api-has-another-secret",
    title: "The tasks are verified with another secret",
    cwe: 1051,
    caught_by: &["token.issuer-verifier-agree"],
    implies: &[(
        "resilience.e2e-flow",
        "its tasks are behind the same service",
    )],
    install: |parts| Parts {
        identify: Arc::new(ApiHasAnotherSecret(parts.identify.clone())),
        ..parts
    },
};

struct ApiHasAnotherSecret(Arc<dyn Identify>);

#[async_trait]
impl Identify for ApiHasAnotherSecret {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if head.uri.path().contains("/tasks") && parts.identify.credential(parts, head)?.is_some() {
            return Err(Problem::invalid_token("the signature is wrong"));
        }
        self.0.identify(parts, head).await
    }
}
