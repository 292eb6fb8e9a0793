//! A token is copied into a buffer of fixed size, and nobody asked how long it is (CWE-770).

use super::Defect;
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "long-token-overruns",
    title: "A long token crashes its handler",
    cwe: 770,
    caught_by: &["token.oversize"],
    implies: &[
        ("token.json-nesting", "what is deep is long too"),
        ("errors.no-5xx-on-bad-token", "it sends long tokens"),
    ],
    install: |parts| Parts {
        identify: Arc::new(LongTokenOverruns(parts.identify.clone())),
        ..parts
    },
};

/// Room for a token.
const ROOM: usize = 8 * 1024;

struct LongTokenOverruns(Arc<dyn Identify>);

#[async_trait]
impl Identify for LongTokenOverruns {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        if let Some(token) = parts.identify.credential(parts, head)?
            && token.len() > ROOM
        {
            return Err(Problem::internal("range end index out of range"));
        }
        self.0.identify(parts, head).await
    }
}
