//! A NUL character is first refused by the database (CWE-20).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Draft, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "nul-reaches-the-database",
    title: "A NUL character reaches the database",
    cwe: 20,
    caught_by: &["errors.no-5xx-on-bad-input"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(NulReachesTheDatabase(parts.tasks.clone())),
        ..parts
    },
};

struct NulReachesTheDatabase(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for NulReachesTheDatabase {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn draft(
        &self,
        parts: &Parts,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Draft, Problem> {
        let nul = |value: &Value| value.as_str().is_some_and(|text| text.contains('\0'));
        if body.values().any(nul) {
            return Err(Problem::internal(
                "invalid byte sequence for encoding \"UTF8\": 0x00",
            ));
        }
        self.0.draft(parts, write, body)
    }
}
