//! TRACE sends the request back, headers and all (CWE-650).

use super::Defect;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};

pub(super) const DEFECT: Defect = Defect {
    id: "trace-answered",
    title: "TRACE sends requests back",
    cwe: 650,
    caught_by: &["input.method-not-allowed"],
    implies: &[],
    install: |parts| parts.around(|router| router.layer(from_fn(traced))),
};

async fn traced(request: Request, next: Next) -> Response {
    if request.method() != Method::TRACE {
        return next.run(request).await;
    }
    let mut echo = format!("TRACE {}\r\n", request.uri());
    for (name, value) in request.headers() {
        echo.push_str(&format!(
            "{name}: {}\r\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    (
        [
            ("content-type", "message/http"),
            ("x-content-type-options", "nosniff"),
        ],
        echo,
    )
        .into_response()
}
