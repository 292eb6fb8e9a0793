//! Owners of tasks that are looked up, or believed, where the caller should be.

use crate::db::on;
use crate::ids::{TaskId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

const OWNER: &str = "SELECT owner FROM tasks WHERE id = $1";

/// The scope of whoever owns the task.
pub(in crate::defects) async fn owners(
    parts: &Parts,
    scope: &Scope,
    id: &TaskId,
) -> Result<Scope, Problem> {
    let sql = parts.db.sql(OWNER);
    let owner: Option<String> = on!(&parts.db, pool => sqlx::query_scalar(sql).bind(id.as_str()).fetch_optional(pool).await)?;
    let owner = owner.map(UserId::known).ok_or_else(Problem::not_found)?;
    Ok(Scope {
        owner,
        ..scope.clone()
    })
}

/// Whoever this member of the body names owns the new task.
pub(in crate::defects) fn created_for(parts: Parts, member: &'static str) -> Parts {
    Parts {
        tasks: Arc::new(CreatedFor(parts.tasks.clone(), member)),
        ..parts
    }
}

struct CreatedFor(Arc<dyn Tasks>, &'static str);

#[async_trait]
impl Tasks for CreatedFor {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let named = body
            .get(self.1)
            .and_then(Value::as_str)
            .and_then(UserId::parse);
        let owner = named.unwrap_or_else(|| scope.owner.clone());
        let scope = Scope {
            owner,
            ..scope.clone()
        };
        self.0.create(parts, &scope, body).await
    }
}
