//! Retry-After is a constant of one second; the window is a minute (CWE-770).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::replies::Replies;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "retry-after-too-short",
    title: "Retry-After names a second while the window is a minute",
    cwe: 770,
    caught_by: &["rate.retry-after"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(RetryAfterTooShort(parts.replies.clone())),
        ..parts
    },
};

struct RetryAfterTooShort(Arc<dyn Replies>);

impl Replies for RetryAfterTooShort {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn problem(&self, parts: &Parts, problem: &Problem) -> Response {
        let mut answer = self.0.problem(parts, problem);
        if let Some(value) = answer.headers_mut().get_mut(header::RETRY_AFTER) {
            *value = HeaderValue::from_static("1");
        }
        answer
    }
}
