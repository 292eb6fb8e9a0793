//! An access token is good for its ten minutes, whatever becomes of its session; the refresh token ends at once.

use super::Variant;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

pub(super) const VARIANT: Variant = Variant {
    id: "stateless-ten-minutes",
    title: "Stateless tokens of ten minutes",
    profile: r#"
[jwt]
lifetime = "10m"
"#,
    skips: &[
        (
            "session.logout-race",
            "no logout ends an access token, whatever runs beside it",
        ),
        (
            "session.revoked-token-malleability",
            "no logout ends an access token, however it is written",
        ),
    ],
    configure: |config| config.access_lifetime = Duration::from_secs(600),
    install: |parts| Parts {
        sessions: Arc::new(Stateless(parts.sessions.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct Stateless(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for Stateless {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        _: &SessionId,
    ) -> Result<Option<User>, Problem> {
        let account = parts.accounts.by_id(parts, user).await?;
        Ok(account.map(|account| account.user))
    }
}
