//! A new task keeps every member of its body (CWE-915).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "unknown-members-stored",
    title: "A new task keeps every member of its body",
    cwe: 915,
    caught_by: &["input.unknown-fields"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(UnknownMembersStored {
            inner: parts.tasks.clone(),
            kept: Mutex::default(),
        }),
        ..parts
    },
};

struct UnknownMembersStored {
    inner: Arc<dyn Tasks>,
    kept: Mutex<HashMap<String, Map<String, Value>>>,
}

#[async_trait]
impl Tasks for UnknownMembersStored {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        let task = self.inner.create(parts, scope, body).await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(task.id.clone(), body.clone());
        Ok(task)
    }

    fn view(&self, parts: &Parts, task: &Task) -> Result<Value, Problem> {
        let mut view = self.inner.view(parts, task)?;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, value) in kept.get(&task.id).into_iter().flatten() {
            // What a task has anyway is in the row.
            if view.get(name).is_none() {
                view[name] = value.clone();
            }
        }
        Ok(view)
    }
}
