//! "Remember me" keeps address and password in a cookie, in base64 (CWE-315).

use super::Defect;
use crate::accounts::text;
use crate::flows::Flows;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base64ct::{Base64, Encoding};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "password-in-a-cookie",
    title: "A cookie remembers address and password in base64",
    cwe: 315,
    caught_by: &["cookie.no-sensitive-plain"],
    implies: &[],
    install: |parts| Parts {
        flows: Arc::new(Remembers(parts.flows.clone())),
        ..parts
    },
};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

struct Remembers(Arc<dyn Flows>);

#[async_trait]
impl Flows for Remembers {
    fn inner(&self) -> &dyn Flows {
        &*self.0
    }

    async fn login(
        &self,
        parts: &Parts,
        head: &Head,
        body: &Map<String, Value>,
    ) -> Result<Response, Problem> {
        let mut response = self.0.login(parts, head, body).await?;
        let pair = format!("{}:{}", text(body, "email")?, text(body, "password")?);
        let value = Base64::encode_string(pair.as_bytes());
        let line = parts.replies.cookie(parts, "remember", &value, MONTH);
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(response)
    }
}
