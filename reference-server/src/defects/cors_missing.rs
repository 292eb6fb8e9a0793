//! No CORS at all: the front end lives on another origin and nobody tried it there (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::{Head, Parts};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "cors-missing",
    title: "No CORS at all",
    cwe: 942,
    caught_by: &["cors.allowed-origin", "cors.preflight-no-auth"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(CorsMissing(parts.cors.clone())),
        ..parts
    },
};

struct CorsMissing(Arc<dyn Cors>);

impl Cors for CorsMissing {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, _: &Parts, _: &Head) -> Option<Response> {
        None
    }
    fn decorate(&self, _: &Parts, _: Option<&HeaderValue>, _: &mut HeaderMap) {}
}
