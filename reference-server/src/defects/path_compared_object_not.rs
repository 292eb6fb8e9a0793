//! The user id of the path is compared with the token, the owner of the object with nothing (CWE-639).

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
    id: "path-compared-object-not",
    title: "The path is compared with the token, the object is not",
    cwe: 639,
    caught_by: &[
        "isolation.read-other",
        "isolation.update-other",
        "isolation.delete-other",
        "isolation.path-mix",
    ],
    implies: &[
        (
            "errors.status-consistent",
            "the object of another is answered with 200",
        ),
        ("isolation.sequence", "one request of a sequence is enough"),
    ],
    install: |parts| Parts {
        tasks: Arc::new(PathComparedObjectNot(parts.tasks.clone())),
        ..parts
    },
};

struct PathComparedObjectNot(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for PathComparedObjectNot {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        self.0
            .read(parts, &owners(parts, scope, id).await?, id)
            .await
    }
    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.0
            .update(parts, &owners(parts, scope, id).await?, id, write, body)
            .await
    }
    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        self.0
            .delete(parts, &owners(parts, scope, id).await?, id)
            .await
    }
}
