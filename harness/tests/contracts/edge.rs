//! What surrounds every route: the front end's origin alone, no caching, no guessing of types; and the server itself.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use tower_http::cors::CorsLayer;

/// Where the front end runs.
pub(crate) const ORIGIN: &str = "https://app.example.com";

pub(crate) fn surrounded(router: Router) -> Router {
    let cors = CorsLayer::new()
        .allow_origin([HeaderValue::from_static(ORIGIN)])
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE]);
    let marked = middleware::from_fn(|request: axum::extract::Request, next: Next| async move {
        let mut response = next.run(request).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            response.headers_mut().insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        response
    });
    router.layer(marked).layer(cors)
}

/// The token behind a scheme word, such as `Bearer`.
pub(crate) fn token_of<'h>(headers: &'h axum::http::HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (word, token) = value.split_once(' ')?;
    (word.eq_ignore_ascii_case(scheme) && !token.is_empty()).then_some(token)
}
