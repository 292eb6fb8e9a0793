//! A throttled answer does not say when to come back (CWE-770).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::replies::Replies;
use axum::http::header;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "no-retry-after",
    title: "A throttled answer does not say when to come back",
    cwe: 770,
    caught_by: &["rate.retry-after"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(NoRetryAfter(parts.replies.clone())),
        ..parts
    },
};

struct NoRetryAfter(Arc<dyn Replies>);

impl Replies for NoRetryAfter {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn problem(&self, parts: &Parts, problem: &Problem) -> Response {
        let mut answer = self.0.problem(parts, problem);
        answer.headers_mut().remove(header::RETRY_AFTER);
        answer
    }
}
