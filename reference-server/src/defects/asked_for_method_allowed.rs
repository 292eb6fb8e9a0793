//! A preflight is answered with the very method that it asks for (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::{Head, Parts};
use axum::http::header;
use axum::response::Response;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "asked-for-method-allowed",
    title: "A preflight allows whatever method it asks for",
    cwe: 942,
    caught_by: &["cors.methods-and-headers"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(AskedForMethodAllowed(parts.cors.clone())),
        ..parts
    },
};

struct AskedForMethodAllowed(Arc<dyn Cors>);

impl Cors for AskedForMethodAllowed {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn preflight(&self, parts: &Parts, head: &Head) -> Option<Response> {
        let mut answer = self.0.preflight(parts, head)?;
        let asked = head.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD);
        if let (true, Some(asked)) = (answer.status().is_success(), asked) {
            answer
                .headers_mut()
                .insert(header::ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
        }
        Some(answer)
    }
}
