//! Answers are HTTP/1.0, and each connection is closed after one.

use super::Variant;
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::{Next, from_fn};

pub(super) const VARIANT: Variant = Variant {
    id: "closes-after-each",
    title: "HTTP/1.0, one answer a connection",
    install: |parts| {
        parts.around(|router| {
            router.layer(from_fn(|request: Request, next: Next| async {
                let mut response = next.run(request).await;
                *response.version_mut() = Version::HTTP_10;
                response
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
                response
            }))
        })
    },
    ..Variant::PLAIN
};
