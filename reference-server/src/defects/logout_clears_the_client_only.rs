//! A logout tells the client to forget its token and ends nothing on the server (CWE-613).

use super::Defect;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-clears-the-client-only",
    title: "A logout ends nothing on the server",
    cwe: 613,
    caught_by: &["session.logout-revokes", "refresh.after-logout"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(LogoutClearsTheClientOnly(parts.flows.clone())),
        ..parts
    },
};

struct LogoutClearsTheClientOnly(Arc<dyn Flows>);

#[async_trait]
impl Flows for LogoutClearsTheClientOnly {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn logout(&self, parts: &Parts, head: &Head) -> Result<Response, Problem> {
        parts.identify.identify(parts, head).await?;
        Ok(parts.replies.signed_out(parts))
    }
}
