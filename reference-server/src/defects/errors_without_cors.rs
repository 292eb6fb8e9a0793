//! Only the answers of handlers that succeed get the CORS headers (CWE-942).

use super::Defect;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const DEFECT: Defect = Defect {
    id: "errors-without-cors",
    title: "Errors are answered outside of the CORS layer",
    cwe: 942,
    caught_by: &["cors.error-responses"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(stripped))),
};

async fn stripped(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if answer.status().is_client_error() || answer.status().is_server_error() {
        answer
            .headers_mut()
            .remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    answer
}
