//! Whether an object is missing is decided after the rights to it, so that all is forbidden (CWE-393).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use axum::http::StatusCode;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "missing-object-is-forbidden",
    title: "A missing object is answered with 403",
    cwe: 393,
    caught_by: &["errors.status-consistent"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(MissingObjectIsForbidden(parts.tasks.clone())),
        ..parts
    },
};

struct MissingObjectIsForbidden(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for MissingObjectIsForbidden {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let forbidden = |_| Problem::new(StatusCode::FORBIDDEN, "forbidden", "This is not yours.");
        self.0.read(parts, scope, id).await.map_err(forbidden)
    }
}
