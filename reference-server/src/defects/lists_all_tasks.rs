//! The list leaves out the owner (CWE-639).

use super::Defect;
use crate::db::on;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Page, Scope, Task, Tasks};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "lists-all-tasks",
    title: "The list leaves out the owner",
    cwe: 639,
    caught_by: &["isolation.list-only-own"],
    implies: &[
        (
            "isolation.create-for-other",
            "whatever is made stands in every list",
        ),
        (
            "isolation.transfer-owner",
            "whatever is made stands in every list",
        ),
        ("resilience.e2e-flow", "it reads a list too"),
        ("isolation.sequence", "one request of a sequence is enough"),
        (
            "isolation.filter-bypass",
            "the list is open with any filter",
        ),
    ],
    install: |parts| Parts {
        tasks: Arc::new(ListsAllTasks(parts.tasks.clone())),
        ..parts
    },
};

const ALL: &str = "SELECT id, owner, title, description, completed, created_at, updated_at FROM tasks \
    ORDER BY created_at, id LIMIT $1 OFFSET $2";

struct ListsAllTasks(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for ListsAllTasks {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn list(
        &self,
        parts: &Parts,
        scope: &Scope,
        pairs: &[(String, String)],
    ) -> Result<Page, Problem> {
        let page = self.0.list(parts, scope, pairs).await?;
        let sql = parts.db.sql(ALL);
        let items: Vec<Task> = on!(&parts.db, pool => sqlx::query_as(sql).bind(i64::from(page.limit)).bind(i64::from(page.offset)).fetch_all(pool).await)?;
        let full = items.len() as u64 >= u64::from(page.limit);
        Ok(Page {
            next_offset: full.then_some(page.offset + page.limit),
            items,
            ..page
        })
    }
}
