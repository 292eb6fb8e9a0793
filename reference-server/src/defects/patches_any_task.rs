//! PUT looks for the owner; PATCH, written later, does not (CWE-863).

use super::Defect;
use super::shared::tasks::owners;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "patches-any-task",
    title: "PATCH does not look for the owner",
    cwe: 863,
    caught_by: &["isolation.update-other"],
    implies: &[("isolation.sequence", "one request of a sequence is enough")],
    install: |parts| Parts {
        tasks: Arc::new(PatchesAnyTask(parts.tasks.clone())),
        ..parts
    },
};

struct PatchesAnyTask(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for PatchesAnyTask {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let scope = match write {
            Write::Patch => owners(parts, scope, id).await?,
            Write::Create | Write::Replace => scope.clone(),
        };
        self.0.update(parts, &scope, id, write, body).await
    }
}
