//! A key is derived by as many iterations as the token says, before it is refused (CWE-400).

use super::Defect;
use super::shared::doubles::{Counts, object};
use crate::identify::{Identify, Identity};
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "iterations-of-the-token",
    title: "A token says how much work its refusal is",
    cwe: 400,
    caught_by: &["token.pbes2-count"],
    implies: &[],
    install: |parts| Parts {
        identify: Arc::new(IterationsOfTheToken(parts.identify.clone())),
        ..parts
    },
};

/// One iteration on a usual machine; a wait of the same length stands for the work.
const ITERATION: Duration = Duration::from_nanos(400);

struct IterationsOfTheToken(Arc<dyn Identify>);

#[async_trait]
impl Identify for IterationsOfTheToken {
    fn inner(&self) -> &dyn Identify {
        &*self.0
    }

    async fn identify(&self, parts: &Parts, head: &Head) -> Result<Identity, Problem> {
        let token = parts.identify.credential(parts, head)?.unwrap_or_default();
        let header = token
            .split('.')
            .next()
            .and_then(|h| object(h, Counts::Last));
        let count = header
            .unwrap_or_default()
            .get("p2c")
            .and_then(Value::as_u64);
        let count = u32::try_from(count.unwrap_or(0)).unwrap_or(0);
        tokio::time::sleep(ITERATION * count).await;
        self.0.identify(parts, head).await
    }
}
