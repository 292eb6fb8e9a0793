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

/// A cookie of this name that is kept for ten years, whatever it was meant to be.
pub(in crate::defects) fn kept_for_years(parts: Parts, name: &'static str) -> Parts {
    Parts {
        replies: Arc::new(KeptForYears(parts.replies.clone(), name)),
        ..parts
    }
}

const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);

struct KeptForYears(Arc<dyn Replies>, &'static str);

impl Replies for KeptForYears {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let kept = match name == self.1 && !max_age.is_zero() {
            true => TEN_YEARS,
            false => max_age,
        };
        self.0.cookie(parts, name, value, kept)
    }
}
