//! A text that is no token is answered with 200 and an error in the body (CWE-393).

use super::Defect;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::replies::Replies;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "errors-answered-with-200",
    title: "A text that is no token is answered with 200 and an error in the body",
    cwe: 393,
    caught_by: &["errors.status-consistent"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(ErrorsAnsweredWith200(parts.replies.clone())),
        ..parts
    },
};

struct ErrorsAnsweredWith200(Arc<dyn Replies>);

impl Replies for ErrorsAnsweredWith200 {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn problem(&self, parts: &Parts, problem: &Problem) -> Response {
        let mut answer = self.0.problem(parts, problem);
        if problem.cause.as_deref() == Some("not three segments") {
            *answer.status_mut() = StatusCode::OK;
        }
        answer
    }
}
