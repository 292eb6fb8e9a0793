//! Every header is allowed by a star, beside the permission for credentials (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::{Head, Parts};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "any-header-with-credentials",
    title: "Any header is allowed beside credentials",
    cwe: 942,
    caught_by: &["cors.wildcard-credentials"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(AnyHeaderWithCredentials(parts.cors.clone())),
        ..parts
    },
};

struct AnyHeaderWithCredentials(Arc<dyn Cors>);

impl Cors for AnyHeaderWithCredentials {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        let mut answer = self.0.preflight(parts, head)?;
        answer.headers_mut().insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("*, Authorization, Content-Type"),
        );
        Some(answer)
    }
}
