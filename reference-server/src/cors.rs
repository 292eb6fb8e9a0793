//! The CORS port: which browser origins may read answers (Fetch, "CORS protocol"; ASVS 3.4.2).

use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Decides about origins and writes the headers.
pub trait Cors: Send + Sync {
    /// The wrapped port, asked for whatever a wrapper does not answer itself.
    fn inner(&self) -> &dyn Cors;

    /// Whether this origin may call.
    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        self.inner().allows(parts, origin)
    }
    /// The answer to a preflight, before any authentication; `None` when the request is none.
    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        self.inner().preflight(parts, head)
    }
    /// Adds the headers to any answer, errors included.
    fn decorate(&self, parts: &Parts, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.inner().decorate(parts, origin, headers);
    }
}

/// An exact list of origins.
pub(crate) struct AllowList;

impl Cors for AllowList {
    fn inner(&self) -> &dyn Cors {
        self
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        parts
            .config
            .allowed_origins
            .iter()
            .any(|allowed| allowed == origin)
    }

    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        let asks = head.method == Method::OPTIONS
            && head
                .headers
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let origin = head.headers.get(header::ORIGIN).filter(|_| asks)?;
        if !origin
            .to_str()
            .is_ok_and(|origin| parts.cors.allows(parts, origin))
        {
            return Some(
                Problem::new(
                    StatusCode::FORBIDDEN,
                    "origin-not-allowed",
                    "This origin may not call.",
                )
                .into_response(),
            );
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        for (name, value) in PREFLIGHT {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        Some(response)
    }

    fn decorate(&self, parts: &Parts, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        // Always: a cache must not serve the answer for one origin to another.
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin.filter(|origin| {
            origin
                .to_str()
                .is_ok_and(|origin| parts.cors.allows(parts, origin))
        }) else {
            return;
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("Retry-After, WWW-Authenticate"),
        );
    }
}

const PREFLIGHT: [(HeaderName, &str); 3] = [
    (
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET, POST, PUT, PATCH, DELETE",
    ),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "Authorization, Content-Type",
    ),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];
