//! Answers to the front end do not allow credentials, so that its cookies are of no use (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "no-credentials-header",
    title: "Answers to the front end do not allow credentials",
    cwe: 942,
    caught_by: &["cors.credentials"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(NoCredentialsHeader(parts.cors.clone())),
        ..parts
    },
};

struct NoCredentialsHeader(Arc<dyn Cors>);

impl Cors for NoCredentialsHeader {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn decorate(&self, parts: &Parts, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.0.decorate(parts, origin, headers);
        headers.remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
}
