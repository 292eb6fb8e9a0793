//! The counters of the server are served beside its API, to everybody (CWE-200).

use super::Defect;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;

pub(super) const DEFECT: Defect = Defect {
    id: "metrics-on-the-public-port",
    title: "The counters of the server are open to everybody",
    cwe: 200,
    caught_by: &["errors.metrics-exposure"],
    implies: &[],
    install: |parts| {
        let metrics = parts.metrics.clone();
        parts.around(move |router| {
            let metrics = metrics.clone();
            router.layer(from_fn(move |request: Request, next: Next| {
                let metrics = metrics.clone();
                async move {
                    if request.uri().path() != "/metrics" {
                        return next.run(request).await;
                    }
                    let headers = [
                        ("content-type", "text/plain; version=0.0.4"),
                        ("x-content-type-options", "nosniff"),
                    ];
                    (headers, metrics.render()).into_response()
                }
            }))
        })
    },
};
