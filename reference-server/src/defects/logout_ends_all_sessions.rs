//! A logout ends every session of its user (CWE-613).

use super::Defect;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-ends-all-sessions",
    title: "A logout ends every session of its user",
    cwe: 613,
    caught_by: &["session.logout-only-self"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(EndsAll(parts.flows.clone())),
        ..parts
    },
};

struct EndsAll(Arc<dyn Flows>);

#[async_trait]
impl Flows for EndsAll {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        let who = parts.identify.identify(parts, head).await?;
        parts.sessions.end_all(parts, &who.user.id).await?;
        Ok(parts.replies.signed_out(parts))
    }
}
