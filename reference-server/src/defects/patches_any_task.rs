//! PUT looks for the owner; PATCH, written later, does not (CWE-863).

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
    id: "patches-any-task",
    title: "PATCH does not look for the owner",
    cwe: 863,
    caught_by: &["isolation.update-other"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(PatchesAnyTask(parts.tasks.clone())),
        ..parts
    },
};

const OWNER: &str = "SELECT owner FROM tasks WHERE id = $1";

/// The scope of whoever owns the task.
async fn owners(parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Scope, Problem> {
    let sql = parts.db.sql(OWNER);
    let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(pool).await)?;
    let owner = owner.map(UserId::known).ok_or_else(Problem::not_found)?;
    Ok(Scope {
        owner,
        ..scope.clone()
    })
}

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
