//! The cookie of the refresh token is kept for ten years (CWE-613).

use super::Defect;
use crate::identify::REFRESH_COOKIE;
use crate::parts::Parts;
use crate::replies::Replies;
use std::sync::Arc;
use std::time::Duration;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-cookie-for-years",
    title: "The cookie of the refresh token is kept for ten years",
    cwe: 613,
    caught_by: &["refresh.lifetime"],
    implies: &[],
    install: |parts| Parts {
        replies: Arc::new(ForYears(parts.replies.clone())),
        ..parts
    },
};

const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);

struct ForYears(Arc<dyn Replies>);

impl Replies for ForYears {
    fn inner(&self) -> &dyn Replies {
        &*self.0
    }

    fn cookie(&self, parts: &Parts, name: &str, value: &str, max_age: Duration) -> String {
        let kept = match name == REFRESH_COOKIE && !max_age.is_zero() {
            true => TEN_YEARS,
            false => max_age,
        };
        self.0.cookie(parts, name, value, kept)
    }
}
