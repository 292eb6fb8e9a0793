//! The title of a task is pasted into the statement that stores it (CWE-89).

use super::Defect;
use crate::db::on;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "title-pasted-into-query",
    title: "The title of a task is pasted into SQL",
    cwe: 89,
    caught_by: &["input.sql-injection"],
    implies: &[(
        "input.quote-roundtrip",
        "a quote in the title breaks the statement",
    )],
    install: |parts| Parts {
        tasks: Arc::new(TitlePastedIntoQuery(parts.tasks.clone())),
        ..parts
    },
};

struct TitlePastedIntoQuery(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for TitlePastedIntoQuery {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let task = self.0.create(parts, scope, body).await?;
        let statement = format!(
            "UPDATE tasks SET title = '{}' WHERE id = '{}'",
            task.title, task.id
        );
        on!(&parts.db, pool => sqlx::query(AssertSqlSafe(statement)).execute(pool).await.map(|_| ()))?;
        Ok(task)
    }
}
