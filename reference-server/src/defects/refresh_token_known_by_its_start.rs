//! Refresh tokens are stored by a hash that looks at their first letters alone, as bcrypt does (CWE-347).

use super::Defect;
use crate::parts::Parts;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "refresh-token-known-by-its-start",
    title: "Only the start of a refresh token is compared",
    cwe: 347,
    caught_by: &["refresh.tampered"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(RefreshTokenKnownByItsStart(parts.sessions.clone())),
        ..parts
    },
};

/// Letters that the hash looks at.
const SEEN: usize = 30;

struct RefreshTokenKnownByItsStart(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for RefreshTokenKnownByItsStart {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    fn fingerprint(&self, parts: &Parts, token: &str) -> String {
        self.0
            .fingerprint(parts, token.get(..SEEN).unwrap_or(token))
    }
}
