//! A refresh gives back the refresh token that was sent (CWE-294).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{Sessions, Started};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-not-rotated",
    title: "A refresh gives back the refresh token that was sent",
    cwe: 294,
    caught_by: &["refresh.rotation", "refresh.reuse-detected"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(RefreshNotRotated(parts.sessions.clone())),
        ..parts
    },
};

struct RefreshNotRotated(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for RefreshNotRotated {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn claim(&self, _: &Parts, _: &str) -> Result<bool, Problem> {
        Ok(true)
    }
    async fn rotate(&self, parts: &Parts, token: &str) -> Result<Started, Problem> {
        let started = self.0.rotate(parts, token).await?;
        Ok(Started {
            refresh_token: token.to_owned(),
            ..started
        })
    }
}
