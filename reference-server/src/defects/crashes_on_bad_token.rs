//! The error of the token library is unwrapped (CWE-755).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "crashes-on-bad-token",
    title: "A malformed token crashes its handler",
    cwe: 755,
    caught_by: &["errors.no-5xx-on-bad-token"],
    implies: &[
        ("token.json-nesting", "what is too deep is malformed"),
        (
            "errors.status-consistent",
            "a bad token is answered with 500",
        ),
        ("token.oversize", "what is too long is malformed"),
    ],
    install: |parts| Parts {
        identify: Arc::new(CrashesOnBadToken(parts.identify.clone())),
        ..parts
    },
};

struct CrashesOnBadToken(Arc<dyn Identify>);

#[async_trait]
impl Identify for CrashesOnBadToken {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if let Some(token) = parts.identify.credential(parts, head)? {
            parts
                .tokens
                .decode(parts, &token)
                .map_err(|reject| Problem::internal(reject.0))?;
        }
        self.0.identify(parts, head).await
    }
}
