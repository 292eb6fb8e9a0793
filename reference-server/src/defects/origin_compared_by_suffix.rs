//! An origin is allowed if it ends like one of the list (CWE-697).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "origin-compared-by-suffix",
    title: "Origins are compared by how they end",
    cwe: 697,
    caught_by: &["cors.origin-prefix-suffix"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(OriginComparedBySuffix(parts.cors.clone())),
        ..parts
    },
};

struct OriginComparedBySuffix(Arc<dyn Cors>);

impl Cors for OriginComparedBySuffix {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        let ends = |allowed: &String| {
            let host = allowed
                .split_once("://")
                .map_or(allowed.as_str(), |(_, host)| host);
            origin.ends_with(host)
        };
        parts.config.allowed_origins.iter().any(ends)
    }
}
