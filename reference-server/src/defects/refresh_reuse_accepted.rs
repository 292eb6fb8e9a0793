//! A new refresh token is given and the old one stays valid (CWE-294).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-reuse-accepted",
    title: "A new refresh token is given and the old one stays valid",
    cwe: 294,
    caught_by: &["refresh.rotation", "refresh.reuse-detected"],
    implies: &[(
        "refresh.race",
        "each of several uses at once has a successor that works",
    )],
    install: |parts| Parts {
        sessions: Arc::new(RefreshReuseAccepted(parts.sessions.clone())),
        ..parts
    },
};

struct RefreshReuseAccepted(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for RefreshReuseAccepted {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn claim(&self, _: &Parts, _: &str) -> Result<bool, Problem> {
        Ok(true)
    }
}
