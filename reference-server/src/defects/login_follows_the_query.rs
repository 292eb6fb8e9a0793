//! After a login the browser is sent wherever the address says (CWE-601).

use super::Defect;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "login-follows-the-query",
    title: "A login goes on to whatever address the query names",
    cwe: 601,
    caught_by: &["login.open-redirect"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(FollowsTheQuery(parts.flows.clone())),
        ..parts
    },
};

struct FollowsTheQuery(Arc<dyn Flows>);

#[async_trait]
impl Flows for FollowsTheQuery {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn login(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<Response, Problem> {
        let mut answer = self.0.login(parts, head, body).await?;
        let query = Query::<HashMap<String, String>>::try_from_uri(&head.uri);
        let next = query.ok().and_then(|Query(mut query)| query.remove("next"));
        let next = next.and_then(|next| HeaderValue::from_str(&next).ok());
        if let Some(next) = next {
            *answer.status_mut() = StatusCode::SEE_OTHER;
            answer.headers_mut().insert(header::LOCATION, next);
        }
        Ok(answer)
    }
}
