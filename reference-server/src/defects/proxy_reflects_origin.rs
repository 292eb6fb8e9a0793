//! The proxy in front copies Origin into each answer to a read (CWE-942).

use super::Defect;
use crate::parts::Parts;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

pub(super) const DEFECT: Defect = Defect {
    id: "proxy-reflects-origin",
    title: "The proxy in front copies Origin into each answer to a read",
    cwe: 942,
    caught_by: &["cors.evil-origin-credentials"],
    implies: &[("cors.null-origin", "null is copied like any other")],
    install,
};

fn install(parts: Parts) -> Parts {
    parts.around(|router| router.layer(from_fn(reflect)))
}

async fn reflect(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let chosen = request.method() == Method::GET;
    let mut answer = next.run(request).await;
    if let Some(origin) = origin.filter(|_| chosen) {
        answer
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.headers_mut().insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
    }
    answer
}
