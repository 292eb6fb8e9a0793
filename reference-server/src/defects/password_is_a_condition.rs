//! The password of a login goes into the query as it is, so that an object is a condition (CWE-943).

use super::Defect;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use crate::sessions::Entry;
use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "password-is-a-condition",
    title: "An object in place of the password is a condition of the query",
    cwe: 943,
    caught_by: &["login.type-confusion"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(PasswordIsACondition(parts.flows.clone())),
        ..parts
    },
};

struct PasswordIsACondition(Arc<dyn Flows>);

/// Whether a stored hash, which is never empty, meets the condition.
fn is_met(condition: &Value) -> bool {
    ["$ne", "$gt"]
        .iter()
        .any(|operator| condition.get(operator).is_some_and(|value| value == ""))
}

#[async_trait]
impl Flows for PasswordIsACondition {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn login(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<Response, Problem> {
        let address = body.get("email").and_then(Value::as_str);
        let address = address
            .filter(|_| body.get("password").is_some_and(is_met))
            .and_then(|raw| parts.accounts.address(parts, raw).ok());
        let account = match address {
            Some(address) => parts.accounts.by_email(parts, &address).await?,
            None => None,
        };
        let Some(account) = account else {
            return self.0.login(parts, head, body).await;
        };
        let started = parts.sessions.start(parts, &account, Entry::Login).await?;
        parts.replies.grant(parts, StatusCode::OK, &started)
    }
}
