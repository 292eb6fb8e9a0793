//! The list of a user's sessions is that of everybody: the condition on the user was forgotten (CWE-639).

use super::Defect;
use crate::db::on;
use crate::ids::UserId;
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::{SessionRow, Sessions};
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "lists-all-sessions",
    title: "The list of sessions shows those of everybody",
    cwe: 639,
    caught_by: &["session.list-and-revoke"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(ListsAll(parts.sessions.clone())),
        ..parts
    },
};

const ALL: &str = "SELECT id, created_at, expires_at FROM sessions \
    WHERE ended_at IS NULL AND expires_at > $1 ORDER BY created_at DESC, id LIMIT 100";

struct ListsAll(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for ListsAll {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn list(&self, parts: &Parts, _: &UserId) -> Result<Vec<SessionRow>, Problem> {
        let (sql, now) = (parts.db.sql(ALL), parts.now_ms());
        Ok(on!(&parts.db, pool => sqlx::query_as(sql).bind(now).fetch_all(pool).await)?)
    }
}
