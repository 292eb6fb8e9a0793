//! A 401 comes without a challenge, as a handler that sets the status alone sends it (CWE-287).

use super::Defect;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const DEFECT: Defect = Defect {
    id: "no-challenge",
    title: "A 401 does not say how to authenticate",
    cwe: 287,
    caught_by: &["token.www-authenticate"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(silent))),
};

async fn silent(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    answer.headers_mut().remove(header::WWW_AUTHENTICATE);
    answer
}
