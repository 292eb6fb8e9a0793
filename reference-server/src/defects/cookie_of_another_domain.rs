//! Cookies are set for a domain that the server does not run on (CWE-668).

use super::Defect;
use crate::parts::Parts;
use crate::replies::Replies;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "cookie-of-another-domain",
    title: "Cookies are set for a domain that the server is not in",
    cwe: 668,
    caught_by: &["cookie.domain-scope"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(OfAnotherDomain(parts.replies.clone())),
        ..parts
    },
};

struct OfAnotherDomain(Arc<dyn Replies>);

impl Replies for OfAnotherDomain {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let line = self.0.cookie(parts, name, value, max_age);
        format!("{line}; Domain=example.com")
    }
}
