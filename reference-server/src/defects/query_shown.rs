//! An id of the wrong form reaches the database, and its complaint the client (CWE-209).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::Tasks;
use async_trait::async_trait;
use axum::http::StatusCode;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "query-shown",
    title: "The complaint of the database reaches the client",
    cwe: 209,
    caught_by: &["errors.no-stack-trace"],
    implies: &[(
        "errors.no-5xx-on-bad-input",
        "the complaint comes with a server error",
    )],
    install: |parts| Parts {
        tasks: Arc::new(QueryShown(parts.tasks.clone())),
        ..parts
    },
};

struct QueryShown(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for QueryShown {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn id(&self, parts: &Parts, raw: &str) -> Result<TaskId, Problem> {
        match TaskId::parse(raw) {
            Some(_) => self.0.id(parts, raw),
            None => Err(Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "database",
                format!(
                    "invalid input syntax for type uuid in: SELECT id, title FROM tasks WHERE id = '{raw}'"
                ),
            )),
        }
    }
}
