//! A task is read by its id alone; the owner is ignored (CWE-639).

use super::Defect;
use crate::db::on;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "reads-any-task",
    title: "A task is read by its id alone",
    cwe: 639,
    caught_by: &["isolation.read-other", "isolation.path-mix"],
    implies: &[
        (
            "errors.status-consistent",
            "the object of another is answered with 200",
        ),
        ("isolation.sequence", "one request of a sequence is enough"),
    ],
    install: |parts| Parts {
        tasks: Arc::new(ReadsAnyTask(parts.tasks.clone())),
        ..parts
    },
};

const READ: &str = "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks WHERE id = $1";

struct ReadsAnyTask(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for ReadsAnyTask {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn read(&self, parts: &Parts, _: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let sql = parts.db.sql(READ);
        let task: Option<Task> = on!(&parts.db, pool => sqlx::query_as(sql).bind(id.as_str()).fetch_optional(pool).await)?;
        task.ok_or_else(Problem::not_found)
    }
}
