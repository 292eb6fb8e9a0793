//! The logout is a link: a GET ends the session, whoever made the browser send it (CWE-352).

use super::Defect;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-by-get",
    title: "A GET signs the user out",
    cwe: 352,
    caught_by: &["session.logout-csrf"],
    implies: &[],
    install: |parts| {
        let inner = Arc::new(parts.clone());
        parts.around(move |router| {
            let inner = inner.clone();
            router.layer(from_fn(move |request: Request, next: Next| {
                let parts = inner.clone();
                async move {
                    let (head, body) = request.into_parts();
                    if head.method != Method::GET || head.uri.path() != "/api/auth/logout" {
                        return next.run(Request::from_parts(head, body)).await;
                    }
                    let done = parts.flows.logout(&parts, &head).await;
                    done.unwrap_or_else(|problem| parts.replies.problem(&parts, &problem))
                }
            }))
        })
    },
};
