//! Every update fails on a column that was renamed (CWE-755).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "update-broken",
    title: "Every update fails on a column that was renamed",
    cwe: 755,
    caught_by: &["resilience.e2e-flow"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(UpdateBroken(parts.tasks.clone())),
        ..parts
    },
};

struct UpdateBroken(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for UpdateBroken {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    async fn update(
        &self,
        _: &Parts,
        _: &Scope,
        _: &TaskId,
        _: Write,
        _: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        Err(Problem::internal("no such column: done"))
    }
}
