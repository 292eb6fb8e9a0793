//! A logout clears the cookie without its path: browsers take that of the logout, and keep the other one (CWE-613).

use super::Defect;
use super::shared::cookies::without;
use crate::parts::Parts;
use crate::replies::Replies;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "logout-clears-another-path",
    title: "A logout clears the cookie under another path",
    cwe: 613,
    caught_by: &["session.logout-clears-cookie"],
    implies: &[],
    install: |parts| {
        let pathless = without(parts.clone(), "Path").replies;
        let replies = Arc::new(Cleared {
            inner: parts.replies.clone(),
            pathless,
        });
        Parts { replies, ..parts }
    },
};

struct Cleared {
    inner: Arc<dyn Replies>,
    pathless: Arc<dyn Replies>,
}

impl Replies for Cleared {
    fn inner(&self) -> &dyn Replies {
        &*self.inner
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let writer = match max_age.is_zero() {
            true => &self.pathless,
            false => &self.inner,
        };
        writer.cookie(parts, name, value, max_age)
    }
}
