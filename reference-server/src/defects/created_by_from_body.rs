//! Whoever is named as the maker of a task becomes its owner (CWE-915).

use super::Defect;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "created-by-from-body",
    title: "Whoever is named as the maker of a task becomes its owner",
    cwe: 915,
    caught_by: &["isolation.create-for-other"],
    implies: &[(
        "isolation.list-only-own",
        "what was put into the account of another stands in its list",
    )],
    install: |parts| Parts {
        tasks: Arc::new(CreatedByFromBody(parts.tasks.clone())),
        ..parts
    },
};

struct CreatedByFromBody(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for CreatedByFromBody {
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
            .get("created_by")
            .and_then(Value::as_str)
            .and_then(UserId::parse);
        let owner = named.unwrap_or_else(|| scope.owner.clone());
        self.0
            .create(
                parts,
                &Scope {
                    owner,
                    ..scope.clone()
                },
                body,
            )
            .await
    }
}
