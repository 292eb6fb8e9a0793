//! An updated task is kept in a cache by its id, and whoever asks next reads it from there (CWE-524).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "update-cached-by-id",
    title: "An updated task is read from a cache by whoever asks next",
    cwe: 524,
    caught_by: &["isolation.sequence"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(UpdateCachedById {
            inner: parts.tasks.clone(),
            cache: Mutex::default(),
        }),
        ..parts
    },
};

struct UpdateCachedById {
    inner: Arc<dyn Tasks>,
    cache: Mutex<HashMap<TaskId, Task>>,
}

#[async_trait]
impl Tasks for UpdateCachedById {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn read(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<Task, Problem> {
        let cached = |cache: &Mutex<HashMap<TaskId, Task>>| {
            let cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.get(id).cloned()
        };
        match cached(&self.cache) {
            Some(task) => Ok(task),
            None => self.inner.read(parts, scope, id).await,
        }
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        // Its own answer is read from the database, by id and owner.
        self.cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id);
        let task = self.inner.update(parts, scope, id, write, body).await?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(id.clone(), task.clone());
        Ok(task)
    }

    async fn delete(&self, parts: &Parts, scope: &Scope, id: &TaskId) -> Result<(), Problem> {
        self.inner.delete(parts, scope, id).await?;
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.remove(id);
        Ok(())
    }
}
