//! One function gathers the parameters of a login from everywhere, the address included (CWE-598).

use super::Defect;
use crate::bodies::Bodies;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Query;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "login-reads-the-query",
    title: "A login takes e-mail address and password out of the address",
    cwe: 598,
    caught_by: &["login.get-credentials"],
    implies: &[],
    install: |parts| Parts {
        bodies: Arc::new(LoginReadsTheQuery(parts.bodies.clone())),
        ..parts
    },
};

struct LoginReadsTheQuery(Arc<dyn Bodies>);

#[async_trait]
impl Bodies for LoginReadsTheQuery {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    async fn read(
        &self,
        parts: &Parts,
        head: &Head,
        body: Body,
    ) -> Result<Map<String, Value>, Problem> {
        let query = Query::<Map<String, Value>>::try_from_uri(&head.uri);
        match query {
            Ok(Query(query)) if query.contains_key("password") => Ok(query),
            Ok(_) | Err(_) => self.0.read(parts, head, body).await,
        }
    }
}
