//! The permission for credentials is written as the language prints it: True (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "credentials-header-misspelt",
    title: "The permission for credentials is written True",
    cwe: 942,
    caught_by: &["cors.credentials"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(CredentialsHeaderMisspelt(parts.cors.clone())),
        ..parts
    },
};

struct CredentialsHeaderMisspelt(Arc<dyn Cors>);

impl Cors for CredentialsHeaderMisspelt {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn decorate(&self, parts: &Parts, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.0.decorate(parts, origin, headers);
        if let Some(value) = headers.get_mut(header::ACCESS_CONTROL_ALLOW_CREDENTIALS) {
            *value = HeaderValue::from_static("True");
        }
    }
}
