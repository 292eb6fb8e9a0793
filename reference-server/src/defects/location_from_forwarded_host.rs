//! The address of a new task is made of the host that a header names (CWE-644).

use super::Defect;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(super) const DEFECT: Defect = Defect {
    id: "location-from-forwarded-host",
    title: "The address of a new task leads to the host that X-Forwarded-Host names",
    cwe: 644,
    caught_by: &["transport.host-header"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(located))),
};

/// No task is longer.
const LONGEST: usize = 1 << 16;

/// The host that a proxy would name, else the one that was called.
fn host_of(request: &Request) -> String {
    let headers = request.headers();
    let named = headers
        .get("x-forwarded-host")
        .or(headers.get(header::HOST));
    let text = named.and_then(|host| host.to_str().ok());
    text.unwrap_or_default().to_owned()
}

async fn located(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let creates = request.method() == Method::POST && path.ends_with("/tasks");
    let host = host_of(&request);
    let answer = next.run(request).await;
    if !creates || answer.status() != StatusCode::CREATED {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let task: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let id = task["id"].as_str().unwrap_or_default();
    if let Ok(location) = HeaderValue::from_str(&format!("https://{host}{path}/{id}")) {
        head.headers.insert(header::LOCATION, location);
    }
    Response::from_parts(head, Body::from(bytes))
}
