//! What surrounds every handler: preflights, the same-site rule, panics, problems, and the headers of each answer.

use crate::App;
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

/// The innermost of the outer layers.
pub(crate) async fn around(State(parts): State<App>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let mut response = if let Some(answer) = parts.cors.preflight(&parts, &head) {
        answer
    } else if let Err(refused) = parts.identify.same_site(&parts, &head) {
        refused.into_response()
    } else {
        let request = Request::from_parts(head.clone(), body);
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        answered.unwrap_or_else(|_| Problem::internal("a handler panicked").into_response())
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && !response.headers().contains_key(header::CONTENT_TYPE)
    {
        let problem = Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "This resource does not do that.",
        );
        response.extensions_mut().insert(problem);
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        report(&problem, &head.method);
        response = parts.replies.problem(&parts, &problem);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    let route = head
        .extensions
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    parts
        .metrics
        .count_request(route, response.status().as_u16());
    let headers = response.headers_mut();
    parts.replies.security_headers(&parts, &head, headers);
    parts.replies.caching(&parts, &head, headers);
    parts
        .cors
        .decorate(&parts, head.headers.get(header::ORIGIN), headers);
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(parts.clock.now())) {
        headers.insert(header::DATE, date);
    }
    response
}

/// The cause of a problem goes to the log: failures loudly, refused credentials quietly.
fn report(problem: &Problem, method: &axum::http::Method) {
    let Some(cause) = &problem.cause else { return };
    if problem.status.is_server_error() {
        tracing::error!(%method, code = problem.code, cause = cause.escape_debug().to_string());
    } else {
        tracing::debug!(%method, code = problem.code, cause = cause.escape_debug().to_string());
    }
}
