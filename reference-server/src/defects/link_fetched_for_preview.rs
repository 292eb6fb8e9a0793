//! The link of a new task is fetched for a preview, wherever it leads (CWE-918).

use super::Defect;
use super::shared::fetch::fetch;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Scope, Task, Tasks};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "link-fetched-for-preview",
    title: "The link of a new task is fetched for a preview",
    cwe: 918,
    caught_by: &["input.ssrf-url-fields"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(LinkFetchedForPreview(parts.tasks.clone())),
        ..parts
    },
};

struct LinkFetchedForPreview(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for LinkFetchedForPreview {
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
        if let Some(link) = body.get("link").and_then(Value::as_str) {
            // The title of the page would become that of the task.
            fetch(link);
        }
        Ok(task)
    }
}
