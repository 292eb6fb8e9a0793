//! Bodies come in chunks of seven bytes, without a length.

use super::Variant;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use std::convert::Infallible;

pub(super) const VARIANT: Variant = Variant {
    id: "chunked-bodies",
    title: "Bodies in small chunks",
    install: |parts| {
        parts.around(|router| {
            router.layer(from_fn(|request: Request, next: Next| async {
                chunked(next.run(request).await).await
            }))
        })
    },
    ..Variant::PLAIN
};

async fn chunked(response: Response) -> Response {
    let (mut meta, body) = response.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if body.is_empty() {
        return Response::from_parts(meta, Body::empty());
    }
    meta.headers.remove(header::CONTENT_LENGTH);
    let pieces: Vec<_> = body
        .chunks(7)
        .map(|piece| Ok::<_, Infallible>(piece.to_vec()))
        .collect();
    Response::from_parts(meta, Body::from_stream(stream::iter(pieces)))
}
