//! A title is unwrapped as text, whatever it is (CWE-755).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::tasks::{Draft, Tasks, Write};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "wrong-type-crashes",
    title: "A value of the wrong type is unwrapped",
    cwe: 755,
    caught_by: &["errors.no-5xx-on-bad-input"],
    implies: &[],
    install: |parts| Parts {
        tasks: Arc::new(WrongTypeCrashes(parts.tasks.clone())),
        ..parts
    },
};

struct WrongTypeCrashes(Arc<dyn Tasks>);

#[async_trait]
impl Tasks for WrongTypeCrashes {
    fn inner(&self) -> &dyn Tasks {
        &*self.0
    }

    fn draft(
        &self,
        parts: &Parts,
        write: Write,
        body: &Map<String, Value>,
    ) -> Result<Draft, Problem> {
        if body.get("title").is_some_and(|title| !title.is_string()) {
            return Err(Problem::internal(
                "called `Option::unwrap()` on a `None` value",
            ));
        }
        self.0.draft(parts, write, body)
    }
}
