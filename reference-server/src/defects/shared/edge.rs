//! What stands before the routes: a proxy that copies `Origin` into answers, and routes of its own.

use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use std::sync::Arc;

/// Requests in which `meant` finds what it looks for are answered by `answer`, with that; the routes see all others.
pub(in crate::defects) fn instead<T, M, A, F>(parts: Parts, meant: M, answer: A) -> Parts
where
    M: Fn(&Head) -> Option<T> + Copy + Send + Sync + 'static,
    A: Fn(Arc<Parts>, Head, T) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<Response, Problem>> + Send,
    T: Send + 'static,
{
    let inner = Arc::new(parts.clone());
    parts.around(move |router| {
        let inner = inner.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let parts = inner.clone();
            async move {
                let (head, body) = request.into_parts();
                let Some(found) = meant(&head) else {
                    return next.run(Request::from_parts(head, body)).await;
                };
                let answered = answer(parts.clone(), head, found).await;
                answered.unwrap_or_else(|problem| parts.replies.problem(&parts, &problem))
            }
        }))
    })
}

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
