//! DELETE answers well and deletes nothing (CWE-393).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "delete-broken",
    title: "DELETE answers well and deletes nothing",
    cwe: 393,
    caught_by: &["resilience.e2e-flow"],
    implies: &[
        (
            "errors.status-consistent",
            "an object that was deleted is still found",
        ),
        (
            "isolation.deleted-object",
            "what was never deleted is still there",
        ),
    ],
    install: |parts| Parts {
        tasks: Arc::new(DeleteBroken(parts.tasks.clone())),
        ..parts
    },
};

struct DeleteBroken(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for DeleteBroken {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        parts.tasks.read(parts, scope, id).await.map(|_| ())
    }
}
