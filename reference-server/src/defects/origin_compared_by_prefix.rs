//! An origin is allowed if it begins like one of the list (CWE-697).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "origin-compared-by-prefix",
    title: "Origins are compared by how they begin",
    cwe: 697,
    caught_by: &["cors.origin-prefix-suffix"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(OriginComparedByPrefix(parts.cors.clone())),
        ..parts
    },
};

struct OriginComparedByPrefix(Arc<dyn Cors>);

impl Cors for OriginComparedByPrefix {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        // The port differs between developers, so that it was cut off.
        let begins = |allowed: &String| {
            let host = allowed
                .rsplit_once(':')
                .map_or(allowed.as_str(), |(host, _)| host);
            origin.starts_with(host)
        };
        parts.config.allowed_origins.iter().any(begins)
    }
}
