//! Cookies that are written in another way.

use crate::parts::Parts;
use crate::replies::Replies;
use std::sync::Arc;
use std::time::Duration;

/// Cookies without this attribute.
pub(in crate::defects) fn without(parts: Parts, attribute: &'static str) -> Parts {
    Parts {
        replies: Arc::new(Without(parts.replies.clone(), attribute)),
        ..parts
    }
}

struct Without(Arc<dyn Replies>, &'static str);

impl Replies for Without {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let line = self.0.cookie(parts, name, value, max_age);
        let kept = line.split("; ").filter(|part| !part.starts_with(self.1));
        kept.collect::<Vec<_>>().join("; ")
    }
}
