//! A registration that is refused is answered with what was sent (CWE-209).

use super::Defect;
use crate::accounts::{Accounts, Registration};
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "validation-repeats-input",
    title: "Validation errors repeat the input",
    cwe: 209,
    caught_by: &["errors.validation-echo"],
    implies: &[],
    install: |parts| Parts {
        accounts: Arc::new(ValidationRepeatsInput(parts.accounts.clone())),
        ..parts
    },
};

struct ValidationRepeatsInput(Arc<dyn Accounts>);

#[async_trait]
impl Accounts for ValidationRepeatsInput {
    fn inner(&self) -> &dyn Accounts {
        &*self.0
    }

    fn registration(
        &self,
        parts: &Parts,
        body: &Map<String, Value>,
    ) -> Result<Registration, Problem> {
        self.0.registration(parts, body).map_err(|problem| {
            let input = Value::Object(body.clone());
            let detail = format!("{} The input was {input}", problem.detail);
            Problem {
                detail: detail.into(),
                ..problem
            }
        })
    }
}
