//! Tasks are numbered, and the number of another's task is answered with 403 (CWE-204).

use super::Defect;
use crate::db::on;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const DEFECT: Defect = Defect {
    id: "numbered-tasks-forbidden",
    title: "Tasks are numbered, and those of others are forbidden where others are missing",
    cwe: 204,
    caught_by: &["isolation.existence-oracle"],
    implies: &[(
        "errors.status-consistent",
        "the profile says 404 for the object of another",
    )],
    install: |parts| Parts {
        tasks: Arc::new(NumberedTasksForbidden(
            parts.tasks.clone(),
            AtomicU64::new(1000),
        )),
        ..parts
    },
};

const NUMBER: &str = "UPDATE tasks SET id = $1 WHERE id = $2";
const COUNT: &str = "SELECT COUNT(*) FROM tasks WHERE id = $1";

struct NumberedTasksForbidden(Arc<dyn Tasks>, AtomicU64);

#[async_trait]
impl Tasks for NumberedTasksForbidden {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, _: &Parts, raw: &str) -> Result<TaskId, Problem> {
        Ok(TaskId::known(raw.to_owned()))
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let task = self.0.create(parts, scope, body).await?;
        let id = self.1.fetch_add(1, Ordering::Relaxed).to_string();
        let sql = parts.db.sql(NUMBER);
        on!(&parts.db, pool => sqlx::query(sql).bind(&id).bind(&task.id).execute(pool).await.map(|_| ()))?;
        Ok(Task { id, ..task })
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let Err(problem) = self.0.read(parts, scope, id).await else {
            return self.0.read(parts, scope, id).await;
        };
        let sql = parts.db.sql(COUNT);
        let there: i64 = on!(&parts.db, pool => sqlx::query_scalar(sql).bind(id.as_str()).fetch_one(pool).await)?;
        Err(match there {
            0 => problem,
            _ => Problem::new(StatusCode::FORBIDDEN, "forbidden", "This is not yours."),
        })
    }
}
