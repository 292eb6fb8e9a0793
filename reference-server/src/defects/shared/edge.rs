//! A proxy in front that copies `Origin` into answers.

use crate::parts::Parts;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

/// Answers to this method allow whatever origin asked, with credentials.
pub(in crate::defects) fn reflects_origin(parts: Parts, method: Method) -> Parts {
    parts.around(move |router| {
        let method = method.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            reflect(method.clone(), request, next)
        }))
    })
}

async fn reflect(method: Method, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let chosen = request.method() == method;
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
