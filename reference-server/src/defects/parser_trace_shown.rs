//! The answer to malformed JSON shows what the parser and the stack said (CWE-209).

use super::Defect;
use crate::bodies::Bodies;
use crate::parts::Parts;
use crate::problem::Problem;
use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "parser-trace-shown",
    title: "Malformed JSON brings out a stack trace",
    cwe: 209,
    caught_by: &["errors.no-stack-trace"],
    implies: &[],
    install: |parts| Parts {
        bodies: Arc::new(ParserTraceShown(parts.bodies.clone())),
        ..parts
    },
};

struct ParserTraceShown(Arc<dyn Bodies>);

#[async_trait]
impl Bodies for ParserTraceShown {
    fn inner(&self) -> &dyn Bodies {
        &*self.0
    }

    fn parse(&self, parts: &Parts, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(_) => self.0.parse(parts, bytes),
            Err(error) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-json",
                format!(
                    "thread 'tokio-runtime-worker' panicked at /app/src/bodies.rs:71:9: {error}"
                ),
            )),
        }
    }
}
