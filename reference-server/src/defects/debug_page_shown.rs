//! An address that does not exist brings out the debug page of the framework (CWE-489).

use super::Defect;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const DEFECT: Defect = Defect {
    id: "debug-page-shown",
    title: "The debug page of a framework is left on",
    cwe: 489,
    caught_by: &["errors.debug-off"],
    implies: &[("errors.no-stack-trace", "the page shows paths of files")],
    install: |parts| parts.around(|router| router.layer(from_fn(debugged))),
};

const PAGE: &str = "<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>Page not found (404)</h1>\
    <p>Using the URLconf defined in <code>backend.urls</code>, these URL patterns were tried: api/auth/, api/tasks/</p>\
    <p>You're seeing this error because you have <code>DEBUG = True</code> in your settings file.</p></body></html>";

async fn debugged(request: Request, next: Next) -> Response {
    let known = request.uri().path().starts_with("/api/");
    let answer = next.run(request).await;
    if known || answer.status() != StatusCode::NOT_FOUND {
        return answer;
    }
    let (mut head, _) = answer.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    Response::from_parts(head, Body::from(PAGE))
}
