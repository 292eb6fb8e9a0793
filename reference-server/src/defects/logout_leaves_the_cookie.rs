//! A logout ends the session on the server, and the browser keeps the cookie (CWE-613).

use super::Defect;
use crate::parts::Parts;
use crate::replies::Replies;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-leaves-the-cookie",
    title: "A logout leaves the cookie in the browser",
    cwe: 613,
    caught_by: &["session.logout-clears-cookie"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(LeavesTheCookie(parts.replies.clone())),
        ..parts
    },
};

struct LeavesTheCookie(Arc<dyn Replies>);

impl Replies for LeavesTheCookie {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn signed_out(&self, _: &Parts) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
