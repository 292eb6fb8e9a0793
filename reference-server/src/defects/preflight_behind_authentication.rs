//! Preflights are asked for a token, which browsers never send with them (CWE-863).

use super::Defect;
use crate::cors::Cors;
use crate::parts::{Head, Parts};
use crate::problem::Problem;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "preflight-behind-authentication",
    title: "Preflights are asked for a token",
    cwe: 863,
    caught_by: &["cors.preflight-no-auth", "cors.allowed-origin"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(PreflightBehindAuthentication(parts.cors.clone())),
        ..parts
    },
};

struct PreflightBehindAuthentication(Arc<dyn Cors>);

impl Cors for PreflightBehindAuthentication {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        let answer = self.0.preflight(parts, head)?;
        if head.headers.contains_key(header::AUTHORIZATION) {
            return Some(answer);
        }
        Some(Problem::unauthenticated().into_response())
    }
}
