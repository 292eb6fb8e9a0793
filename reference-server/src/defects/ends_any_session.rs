//! A session is ended by its id alone; whose it is, nobody asks (CWE-639).

use super::Defect;
use crate::db::on;
use crate::ids::{SessionId, UserId};
use crate::parts::Parts;
use crate::problem::Problem;
use crate::sessions::Sessions;
use async_trait::async_trait;
use std::sync::Arc;

pub(super) const DEFECT: Defect = Defect {
    id: "ends-any-session",
    title: "A session is ended by its id alone",
    cwe: 639,
    caught_by: &["session.list-and-revoke"],
    implies: &[],
    install: |parts| Parts {
        sessions: Arc::new(EndsAny(parts.sessions.clone())),
        ..parts
    },
};

const END: &str = "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";

struct EndsAny(Arc<dyn Sessions>);

#[async_trait]
impl Sessions for EndsAny {
    fn inner(&self) -> &dyn Sessions {
        &*self.0
    }

    async fn end(&self, parts: &Parts, _: &UserId, session: &SessionId) -> Result<bool, Problem> {
        let (sql, now) = (parts.db.sql(END), parts.now_ms());
        let rows = on!(&parts.db, pool => sqlx::query(sql)
            .bind(now).bind(session.as_str()).execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }
}
