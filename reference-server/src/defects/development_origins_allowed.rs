//! Origins of developers' machines are allowed wherever the server runs (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "development-origins-allowed",
    title: "Every origin on the user's own machine is allowed, in production too",
    cwe: 942,
    caught_by: &["cors.localhost-in-production"],
    implies: &[(
        "cors.origin-prefix-suffix",
        "another port of a front end on localhost is one of these",
    )],
    install: |parts| Parts {
        cors: Arc::new(DevelopmentOriginsAllowed(parts.cors.clone())),
        ..parts
    },
};

struct DevelopmentOriginsAllowed(Arc<dyn Cors>);

impl Cors for DevelopmentOriginsAllowed {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        let local = ["http://localhost:", "http://127.0.0.1:"];
        self.0.allows(parts, origin) || local.iter().any(|start| origin.starts_with(start))
    }
}
