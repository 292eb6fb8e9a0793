//! A missing object is unwrapped, and answered with a server error (CWE-755).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "missing-object-crashes",
    title: "A missing object is answered with 500",
    cwe: 755,
    caught_by: &["errors.status-consistent"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(MissingObjectCrashes(parts.tasks.clone())),
        ..parts
    },
};

struct MissingObjectCrashes(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for MissingObjectCrashes {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        self.0
            .read(parts, scope, id)
            .await
            .map_err(|problem| Problem::internal(problem.code))
    }
}
