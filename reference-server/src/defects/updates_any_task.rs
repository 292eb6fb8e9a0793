//! A task is changed by its id alone: the owner is checked on the way in and forgotten in the statement (CWE-863).

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
    id: "updates-any-task",
    title: "A task is changed by its id alone",
    cwe: 863,
    caught_by: &["isolation.update-other"],
    implies: &[("isolation.sequence", "one request of a sequence is enough")],
    install: |parts| Parts {
        tasks: Arc::new(UpdatesAnyTask(parts.tasks.clone())),
        ..parts
    },
};

struct UpdatesAnyTask(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for UpdatesAnyTask {
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
        let scope = owners(parts, scope, id).await?;
        self.0.update(parts, &scope, id, write, body).await
    }
}
