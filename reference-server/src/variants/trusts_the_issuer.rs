//! The API trusts the subject of a good token and looks nobody up; users live with the issuer alone.

use super::Variant;
use crate::accounts::User;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const VARIANT: Variant = Variant {
    id: "trusts-the-issuer",
    title: "An API that does not know its users",
    profile: r#"
[api]
users = "issuer"
"#,
    skips: &[("token.sub-unknown", "the API does not know its users")],
    install: |parts| Parts {
        sessions: Arc::new(Trusting(parts.sessions.clone())),
        ..parts
    },
    ..Variant::PLAIN
};

struct Trusting(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for Trusting {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn standing(
        &self,
        parts: &Parts,
        user: &UserId,
        session: &SessionId,
    ) -> Result<Option<User>, Problem> {
        if parts.accounts.by_id(parts, user).await?.is_some() {
            return self.0.standing(parts, user, session).await;
        }
        Ok(Some(User {
            id: user.clone(),
            email: String::new(),
            name: String::new(),
            created_at: parts.now_ms(),
        }))
    }
}
