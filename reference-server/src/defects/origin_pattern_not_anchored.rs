//! The pattern for origins may match anywhere (CWE-697).

use super::Defect;
use crate::cors::Cors;
use crate::parts::Parts;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "origin-pattern-not-anchored",
    title: "The pattern for origins is not anchored",
    cwe: 697,
    caught_by: &["cors.origin-prefix-suffix"],
    implies: &[],
    install: |parts| Parts {
        cors: Arc::new(OriginPatternNotAnchored(parts.cors.clone())),
        ..parts
    },
};

struct OriginPatternNotAnchored(Arc<dyn Cors>);

impl Cors for OriginPatternNotAnchored {
    fn inner(&self) -> &dyn Cors {
        &*self.0
    }

    fn allows(&self, parts: &Parts, origin: &str) -> bool {
        let holds = |allowed: &String| {
            let host = allowed
                .split_once("://")
                .map_or(allowed.as_str(), |(_, host)| host);
            let host = host.split(':').next().unwrap_or(host);
            origin.contains(host)
        };
        parts.config.allowed_origins.iter().any(holds)
    }
}
