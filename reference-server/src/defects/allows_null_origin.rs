//! The origin null is on the list, for a page that was once opened from a disk (CWE-942).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "allows-null-origin",
    title: "The origin null is allowed",
    cwe: 942,
    caught_by: &["cors.null-origin"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(AllowsNullOrigin(parts.cors.clone())),
        ..parts
    },
};

struct AllowsNullOrigin(Arc<dyn Cors>);

impl Cors for AllowsNullOrigin {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        origin == "null" || self.0.allows(parts, origin)
    }
}
