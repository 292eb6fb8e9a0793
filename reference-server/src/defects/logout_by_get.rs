//! The logout is a link: a GET ends the session, whoever made the browser send it (CWE-352).

use super::Defect;
use super::shared::edge::instead;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::Method;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-by-get",
    title: "A GET signs the user out",
    cwe: 352,
    caught_by: &["session.logout-csrf"],
    implies: &[],
    install: |parts| {
        let meant = |head: &Head| {
            let by_get = head.method == Method::GET && head.uri.path() == "/api/auth/logout";
            by_get.then_some(())
        };
        instead(parts, meant, signed_out)
    },
};

async fn signed_out(parts: Arc<Parts>, head: Head, (): ()) -> Result<Response, Problem> {
    parts.flows.logout(&parts, &head).await
}
