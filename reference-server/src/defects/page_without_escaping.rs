//! A browser that asks for a task gets a page, into which its texts are put as they are (CWE-79).

use super::Defect;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "page-without-escaping",
    title: "Browsers get a page of a task whose texts are not escaped",
    cwe: 79,
    caught_by: &["input.html-stored"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(shown_to_browsers))),
};

/// No task is longer.
const LONGEST: usize = 1 << 16;

fn asks_for_a_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let html = accept.and_then(|accept| accept.to_str().ok());
    let task = request.uri().path().split('/').nth(3) == Some("tasks");
    request.method() == Method::GET
        && task
        && request.uri().path().split('/').count() == 5
        && html.is_some_and(|accept| accept.contains("text/html"))
}

async fn shown_to_browsers(request: Request, next: Next) -> Response {
    let page = asks_for_a_page(&request);
    let answer = next.run(request).await;
    if !page || !answer.status().is_success() {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let task: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |member: &str| task[member].as_str().unwrap_or_default().to_owned();
    let (title, description) = (text("title"), text("description"));
    head.headers.remove(header::CONTENT_LENGTH);
    // A page that looks like one needs styles and scripts.
    head.headers.remove(header::CONTENT_SECURITY_POLICY);
    head.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    let page = format!(
        "<!DOCTYPE html><html><head><title>Task</title></head><body><h1>{title}</h1><p>{description}</p></body></html>"
    );
    Response::from_parts(head, Body::from(page))
}
