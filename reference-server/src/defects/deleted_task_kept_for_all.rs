//! A deleted task is kept in a trash bin, which is read by the id alone (CWE-639).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "deleted-task-kept-for-all",
    title: "Deleted tasks are read from a trash bin by their id alone",
    cwe: 639,
    caught_by: &["isolation.deleted-object", "isolation.sequence"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(DeletedTaskKeptForAll {
            inner: parts.tasks.clone(),
            bin: Mutex::default(),
        }),
        ..parts
    },
};

struct DeletedTaskKeptForAll {
    inner: Arc<dyn Tasks>,
    bin: Mutex<HashMap<TaskId, Task>>,
}

#[async_trait]
impl Tasks for DeletedTaskKeptForAll {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let found = self.inner.read(parts, scope, id).await;
        let kept = || {
            let bin = self.bin.lock().unwrap_or_else(PoisonError::into_inner);
            bin.get(id)
                .filter(|task| task.owner != scope.owner.as_str())
                .cloned()
        };
        found.or_else(|problem| kept().ok_or(problem))
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        let task = self.inner.read(parts, scope, id).await?;
        self.inner.delete(parts, scope, id).await?;
        let mut bin = self.bin.lock().unwrap_or_else(PoisonError::into_inner);
        bin.insert(id.clone(), task);
        Ok(())
    }
}
