//! A refresh token is looked at first and marked as used later, whatever became of it in between (CWE-362).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-checked-before-it-is-marked",
    title: "A refresh token is checked and marked as used in two steps",
    cwe: 362,
    caught_by: &["refresh.race"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(CheckedBeforeItIsMarked(parts.sessions.clone())),
        ..parts
    },
};

struct CheckedBeforeItIsMarked(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for CheckedBeforeItIsMarked {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn claim(&self, parts: &Parts, token: &str) -> Result<bool, Problem> {
        // As long as it takes to look up what the new token shall hold.
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.0.claim(parts, token).await?;
        Ok(true)
    }
}
