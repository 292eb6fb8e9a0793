//! The answer about the user may be kept for a minute, and does not say that it depends on the origin (CWE-524).

use super::Defect;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const DEFECT: Defect = Defect {
    id: "origin-not-in-vary",
    title: "A cacheable answer does not say that it depends on the origin",
    cwe: 524,
    caught_by: &["cors.vary-origin"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(kept))),
};

async fn kept(request: Request, next: Next) -> Response {
    let about_the_user = request.method() == Method::GET && request.uri().path() == "/api/auth/me";
    let mut answer = next.run(request).await;
    if about_the_user && answer.status().is_success() {
        let headers = answer.headers_mut();
        headers.remove(header::VARY);
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=60"),
        );
    }
    answer
}
