//! A body is merged along `__proto__`, so that what stands there becomes a default of every task (CWE-1321).

use super::Defect;
use crate::ids::TaskId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) const DEFECT: Defect = Defect {
    id: "proto-becomes-default",
    title: "Members below __proto__ become those of every task",
    cwe: 1321,
    caught_by: &["input.prototype-pollution"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(ProtoBecomesDefault {
            inner: parts.tasks.clone(),
            prototype: Mutex::default(),
        }),
        ..parts
    },
};

struct ProtoBecomesDefault {
    inner: Arc<dyn Tasks>,
    /// What every object inherits.
    prototype: Mutex<Map<String, Value>>,
}

impl ProtoBecomesDefault {
    fn merged(&self, body: &Map<String, Value>) {
        let below = body.get("__proto__").and_then(Value::as_object);
        let below = below.cloned().unwrap_or_default();
        let mut prototype = self
            .prototype
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        prototype.extend(below);
    }
}

#[async_trait]
impl Tasks for ProtoBecomesDefault {
    fn inner(&self) -> &dyn Tasks {
        &*self.inner
    }

    async fn create(
        &self,
        parts: &Parts,
        scope: &Scope,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.merged(body);
        self.inner.create(parts, scope, body).await
    }

    async fn update(
        &self,
        parts: &Parts,
        scope: &Scope,
        id: &TaskId,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Task, Problem> {
        self.merged(body);
        self.inner.update(parts, scope, id, write, body).await
    }

    fn view(&self, parts: &Parts, task: &Task) -> Result<Value, Problem> {
        let mut view = self.inner.view(parts, task)?;
        let prototype = self
            .prototype
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (name, value) in prototype.iter() {
            // An own member hides an inherited one.
            if view.get(name).is_none() {
                view[name] = value.clone();
            }
        }
        Ok(view)
    }
}
