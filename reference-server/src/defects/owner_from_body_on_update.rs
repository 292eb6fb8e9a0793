//! An update copies every member of the body, the owner too (CWE-915).

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
    id: "owner-from-body-on-update",
    title: "An update copies every member of the body, the owner too",
    cwe: 915,
    caught_by: &["isolation.transfer-owner"],
    implies: &[
        (
            "isolation.filter-bypass",
            "what was put into the account of another is found there",
        ),
        (
            "isolation.list-only-own",
            "what was put into the account of another stands in its list",
        ),
        ("isolation.sequence", "sequences give objects away too"),
    ],
    install: |parts| Parts {
        tasks: Arc::new(OwnerFromBodyOnUpdate(parts.tasks.clone())),
        ..parts
    },
};

const MOVE: &str = "UPDATE tasks SET owner = $1 WHERE id = $2";

struct OwnerFromBodyOnUpdate(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for OwnerFromBodyOnUpdate {
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
        let task = self.0.update(parts, scope, id, write, body).await?;
        let Some(owner) = body
            .get("user_id")
            .and_then(Value::as_str)
            .and_then(UserId::parse)
        else {
            return Ok(task);
        };
        let sql = parts.db.sql(MOVE);
        on!(&parts.db, pool => sqlx::query(sql).bind(owner.as_str()).bind(id.as_str()).execute(pool).await.map(|_| ()))?;
        parts
            .tasks
            .read(
                parts,
                &Scope {
                    owner,
                    ..scope.clone()
                },
                id,
            )
            .await
    }
}
