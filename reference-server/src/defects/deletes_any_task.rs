//! A task is deleted by its id alone (CWE-639).

use super::Defect;
use crate::db::on;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "deletes-any-task",
    title: "A task is deleted by its id alone",
    cwe: 639,
    caught_by: &["isolation.delete-other"],
    implies: &[("isolation.sequence", "one request of a sequence is enough")],
    install: |parts| Parts {
        tasks: Arc::new(DeletesAnyTask(parts.tasks.clone())),
        ..parts
    },
};

const DELETE: &str = "DELETE FROM tasks WHERE id = $1";

struct DeletesAnyTask(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for DeletesAnyTask {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn delete(&self, parts: &Parts, _: &Scope, id: &TaskId) -> Result<(), Problem> {
        let sql = parts.db.sql(DELETE);
        let rows = on!(&parts.db, pool => sqlx::query(sql).bind(id.as_str()).execute(pool).await.map(|done| done.rows_affected()))?;
        if rows == 0 {
            Err(Problem::not_found())
        } else {
            Ok(())
        }
    }
}
