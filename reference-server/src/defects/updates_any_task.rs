//! A task is changed by its id alone: the owner is checked on the way in and forgotten in the statement (CWE-863).

use super::Defect;
use crate::db::on;
use crate::ids::{TaskId, UserId};
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
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(UpdatesAnyTask(parts.tasks.clone())),
        ..parts
    },
};

const OWNER: &str = "SELECT owner FROM tasks WHERE id = $1";

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
        let sql = parts.db.sql(OWNER);
        let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(pool).await)?;
        let owner = owner.map(UserId::known).ok_or_else(Problem::not_found)?;
        self.0
            .update(
                parts,
                &Scope {
                    owner,
                    ..scope.clone()
                },
                id,
                write,
                body,
            )
            .await
    }
}
