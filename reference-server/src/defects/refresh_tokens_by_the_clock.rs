//! A refresh token is the time and a count: each is unique, and nobody has to guess the next one (CWE-340).

use super::Defect;
use crate::parts::Parts;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-tokens-by-the-clock",
    title: "Refresh tokens are the time and a count",
    cwe: 340,
    caught_by: &["token.opaque-entropy"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(RefreshTokensByTheClock {
            inner: parts.sessions.clone(),
            made: AtomicU64::new(0),
        }),
        ..parts
    },
};

struct RefreshTokensByTheClock {
    inner: Arc<dyn Sessions>,
    made: AtomicU64,
}

#[async_trait]
impl Sessions for RefreshTokensByTheClock {
    fn inner(&self) -> &dyn Sessions {
        &*self.inner
    }

    fn new_token(&self, parts: &Parts) -> String {
        let count = self.made.fetch_add(1, Ordering::Relaxed);
        format!("refresh-{}-{count:06}", parts.now_ms())
    }
}
