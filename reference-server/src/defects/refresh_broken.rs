//! The look-up of refresh tokens hashes them twice, so that none is ever found (CWE-697).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{RefreshRow, Sessions};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-broken",
    title: "No refresh token is ever found",
    cwe: 697,
    caught_by: &["refresh.works"],
    implies: &[("resilience.e2e-flow", "renewing a session is a step of it")],
    install: |parts| Parts {
        sessions: Arc::new(RefreshBroken(parts.sessions.clone())),
        ..parts
    },
};

struct RefreshBroken(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for RefreshBroken {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn find_refresh(
        &self,
        parts: &Parts,
        token: &str,
    ) -> Result<Option<RefreshRow>, Problem> {
        self.0
            .find_refresh(parts, &parts.sessions.fingerprint(parts, token))
            .await
    }
}
