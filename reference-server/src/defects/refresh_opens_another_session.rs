//! A refresh begins a session that is never stored (CWE-613).

use super::Defect;
use crate::ids::SessionId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Sessions, Started};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-opens-another-session",
    title: "The access token of a refresh opens nothing",
    cwe: 613,
    caught_by: &["refresh.works"],
    implies: &[("resilience.e2e-flow", "renewing a session is a step of it")],
    install: |parts| Parts {
        sessions: Arc::new(RefreshOpensAnotherSession(parts.sessions.clone())),
        ..parts
    },
};

struct RefreshOpensAnotherSession(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for RefreshOpensAnotherSession {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn rotate(&self, parts: &Parts, token: &str) -> Result<Started, Problem> {
        let started = self.0.rotate(parts, token).await?;
        Ok(Started {
            session: SessionId::random(),
            ..started
        })
    }
}
