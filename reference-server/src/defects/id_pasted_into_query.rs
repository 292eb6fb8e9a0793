//! The id of a path is pasted into the query for its task (CWE-89).

use super::Defect;
use crate::db::on;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "id-pasted-into-query",
    title: "The id of a task is pasted into SQL",
    cwe: 89,
    caught_by: &["input.sql-injection"],
    implies: &[(
        "errors.no-5xx-on-bad-input",
        "a quote in an id breaks the query",
    )],
    install: |parts| Parts {
        tasks: Arc::new(IdPastedIntoQuery(parts.tasks.clone())),
        ..parts
    },
};

struct IdPastedIntoQuery(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for IdPastedIntoQuery {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        Ok(TaskId::known(raw.to_owned()))
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let query = format!(
            "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks \
             WHERE owner = '{}' AND id = '{}'",
            scope.owner.as_str(),
            id.as_str()
        );
        let task: Option<Task> = on!(&parts.db, pool => sqlx::query_as(AssertSqlSafe(query)).fetch_optional(pool).await)?;
        task.ok_or_else(Problem::not_found)
    }
}
