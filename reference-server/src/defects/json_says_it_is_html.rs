//! JSON is written by hand, under the type that the framework has for texts (CWE-436).

use super::Defect;
use crate::parts::Parts;
use crate::replies::Replies;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "json-says-it-is-html",
    title: "JSON is answered as text/html",
    cwe: 436,
    caught_by: &["transport.content-type", "input.html-stored"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(JsonSaysItIsHtml(parts.replies.clone())),
        ..parts
    },
};

struct JsonSaysItIsHtml(Arc<dyn Replies>);

impl Replies for JsonSaysItIsHtml {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn json(&self, parts: &Parts, status: StatusCode, value: &Value) -> Response {
        let mut answer = self.0.json(parts, status, value);
        answer.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        answer
    }
}
