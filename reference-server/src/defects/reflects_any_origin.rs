//! Whatever `Origin` says is allowed, with credentials (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "reflects-any-origin",
    title: "Whatever Origin says is allowed, with credentials",
    cwe: 942,
    caught_by: &[
        "cors.preflight-evil-origin",
        "cors.evil-origin-credentials",
        "cors.null-origin",
    ],
    implies: &[(
        "cors.origin-prefix-suffix",
        "an origin that looks like the front end's is an origin too",
    )],
    install: |parts| Parts {
        cors: Arc::new(ReflectsAnyOrigin(parts.cors.clone())),
        ..parts
    },
};

struct ReflectsAnyOrigin(Arc<dyn Cors>);

impl Cors for ReflectsAnyOrigin {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, _: &Parts, _: &str) -> bool {
        true
    }
}
