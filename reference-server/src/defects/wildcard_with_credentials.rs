//! Every origin is allowed by a star, beside the permission for credentials (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "wildcard-with-credentials",
    title: "A star stands beside the permission for credentials",
    cwe: 942,
    caught_by: &["cors.wildcard-credentials"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(WildcardWithCredentials(parts.cors.clone())),
        ..parts
    },
};

struct WildcardWithCredentials(Arc<dyn Cors>);

impl Cors for WildcardWithCredentials {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn decorate(&self, parts: &Parts, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.0.decorate(parts, origin, headers);
        if origin.is_some() {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_ORIGIN,
                HeaderValue::from_static("*"),
            );
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        }
    }
}
